package io.github.iocp4j;

import io.github.iocp4j.testing.Peer;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.function.BooleanSupplier;

/// How long the echoes of one peer take, one after another with pauses between.
final class EchoPace {
    private static final int PAYLOAD_BYTES = 64;

    /// A pace that the clock and the system's scheduler leave uncertain.
    private static final long LEAST_NANOS = 100_000;

    private final Stand stand;
    private final Peer peer;
    private final byte[] payload;
    private final List<Long> nanos = new ArrayList<>();

    EchoPace(Stand stand, Peer peer) {
        this.stand = stand;
        this.peer = peer;
        payload = WireFrames.random(stand.random(), PAYLOAD_BYTES);
    }

    /// Echoes `count` times, and as long as `goesOn`.
    static EchoPace measure(Stand stand, Peer peer, int count, Duration pause, BooleanSupplier goesOn)
            throws IOException {
        EchoPace pace = new EchoPace(stand, peer);
        while (goesOn.getAsBoolean() || pace.nanos.size() < count) {
            pace.echo();
            stand.kernel().pause(pause);
        }
        return pace;
    }

    /// Echoes once.
    void echo() throws IOException {
        long begun = stand.nanoTime();
        peer.write(WireFrames.encode(payload));
        WireFrames.expect(peer, payload);
        nanos.add(stand.nanoTime() - begun);
    }

    /// Fails when the median is more than `times` that of `usual`.
    void expectAtMost(int times, EchoPace usual) {
        if (median() > times * Math.max(usual.median(), LEAST_NANOS)) {
            throw new AssertionError("an echo takes " + this + ", usually " + usual);
        }
    }

    @Override
    public String toString() {
        return median() / 1000 + " us (median of " + nanos.size() + ", at most " + Collections.max(nanos) / 1000
                + " us)";
    }

    private long median() {
        return nanos.stream().sorted().toList().get(nanos.size() / 2);
    }
}
