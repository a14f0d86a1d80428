package io.github.iocp4j;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.iocp4j.CloseReason.Kind;
import io.github.iocp4j.testing.Peer;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.BooleanSupplier;
import java.util.function.IntFunction;
import org.junit.jupiter.api.Test;

/// As many hostile peers as an endpoint takes connections, but for one, which goes on as if they were not there.
abstract class HostilePeersContract extends EndpointContract {
    private static final int MOST_BYTES = 64 << 10;
    private static final int SEEDS = 10;
    private static final int ECHOES = 60;
    private static final Duration PAUSE = Duration.ofMillis(100);
    private static final int USUAL_PACE = 5;

    private static final int LOADERS = 4;
    private static final List<Trick> TRICKS = List.of(Trick.SMALL_FRAMES, Trick.HALF_A_FRAME);

    HostilePeersContract(Kernels kernels) {
        super(kernels);
    }

    @Test
    void lastConnectionGoesOnWhileHostileOnesAreClosedByRule() {
        check(isSimulated() ? SEEDS : 1, stand -> new Siege(stand, isSimulated() ? 90 : 2_000, isSimulated()).run());
    }

    /// How a peer is hostile, and what ends it.
    private enum Trick {
        /// Sends without end and never reads.
        NEVER_READS,
        /// Sends frames of one byte, each in a segment of its own, and never reads.
        SMALL_FRAMES,
        /// Begins a frame of the maximum size and sends half of it.
        HALF_A_FRAME;

        void play(Peer peer) throws IOException {
            switch (this) {
                case NEVER_READS -> {
                    byte[] frames = WireFrames.encode(Collections.nCopies(100, new byte[1000]));
                    while (true) {
                        peer.write(frames);
                    }
                }
                case SMALL_FRAMES -> {
                    for (int i = 0; i < 20; i++) {
                        peer.write(WireFrames.encode(new byte[1]));
                    }
                }
                case HALF_A_FRAME -> {
                    peer.write(WireFrames.header(MOST_BYTES));
                    peer.write(new byte[MOST_BYTES / 2]);
                }
            }
        }

        boolean isEndedBy(Kind kind) {
            return switch (this) {
                // The last frame that it sends may be one that waits unfinished for ever.
                case NEVER_READS -> kind == Kind.WRITE_STALLED || kind == Kind.OUT_OF_BUFFERS;
                case SMALL_FRAMES -> kind == Kind.IDLE || kind == Kind.WRITE_STALLED;
                case HALF_A_FRAME -> kind == Kind.FRAME_TIMEOUT || kind == Kind.OUT_OF_BUFFERS;
            };
        }
    }

    private static final class Siege {
        private final Stand stand;
        private final int hostile;
        private final boolean simulated;
        private final TestEndpoint server;

        /// By the peer's port, in the order of their connections: a port is free again when its connection is reset.
        private final Map<Integer, Queue<Trick>> tricks = new ConcurrentHashMap<>();
        private final Queue<Peer> peers = new ConcurrentLinkedQueue<>();
        private final AtomicLong mostBytes = new AtomicLong();

        Siege(Stand stand, int hostile, boolean simulated) throws IOException {
            this.stand = stand;
            this.hostile = hostile;
            this.simulated = simulated;
            // Both budgets are too small for what the hostile ones would take.
            long budget = simulated ? 10L * MOST_BYTES : 16L << 20;
            server = stand.serve(
                    new Echo(),
                    each -> each.maxConnections(hostile + 1)
                            .pendingAccepts(16)
                            .maxFrameBytes(MOST_BYTES)
                            .sendHighMarkBytes(32 << 10)
                            .sendBudgetBytes(budget)
                            .assemblyBudgetBytes(budget)
                            .socketSendBufferBytes(8 << 10)
                            .writeStallTimeout(limit())
                            .frameTimeout(limit())
                            .idleTimeout(limit().multipliedBy(2)));
        }

        void run() throws Exception {
            try (Peer good = server.connect()) {
                EchoPace alone = echoes(good, () -> false);
                List<Stand.Task> loaders = new ArrayList<>();
                int neverRead = hostile / (simulated ? 3 : 100);
                for (int i = 0; i < neverRead; i++) {
                    loaders.add(stand.fork("deaf-" + i, () -> attack(1, each -> Trick.NEVER_READS)));
                }
                int others = hostile - neverRead;
                int tasks = simulated ? others : LOADERS;
                for (int i = 0; i < tasks; i++) {
                    loaders.add(stand.fork("hostile-" + i, () -> attack(others / tasks, TRICKS::get)));
                }
                EchoPace among = echoes(good, () -> server.order().released() < hostile);
                loaders.forEach(Stand.Task::await);
                peers.forEach(Stand::closeQuietly);
                check(alone, among);
            }
            server.awaitReleased(hostile + 1);
        }

        private Duration limit() {
            return simulated ? Duration.ofSeconds(60) : Duration.ofSeconds(5);
        }

        private void attack(int count, IntFunction<Trick> tricky) throws IOException {
            for (int i = 0; i < count; i++) {
                Trick trick = tricky.apply(stand.random().nextInt(2));
                Peer peer =
                        stand.kernel().connectWithSmallBuffer(server.endpoint().localAddress());
                peers.add(peer);
                tricksFrom(peer.localAddress().getPort()).add(trick);
                try {
                    trick.play(peer);
                } catch (IOException _) {
                    // It has been closed by rule.
                }
            }
        }

        private void check(EchoPace alone, EchoPace among) {
            for (Connection connection : server.order().connections()) {
                Trick trick = tricksFrom(connection.remoteAddress().getPort()).poll();
                Kind kind =
                        trick == null ? null : server.order().reason(connection).kind();
                assertTrue(
                        trick == null || trick.isEndedBy(kind),
                        () -> trick + " was ended by " + kind + ": " + connection);
            }
            Map<Kind, Integer> kinds = new EnumMap<>(Kind.class);
            server.kinds().forEach(kind -> kinds.merge(kind, 1, Integer::sum));
            assertEquals(
                    Set.of(Kind.WRITE_STALLED, Kind.FRAME_TIMEOUT, Kind.OUT_OF_BUFFERS, Kind.IDLE), kinds.keySet());
            long bound = server.options().bufferLimitBytes();
            assertTrue(mostBytes.get() <= bound, () -> mostBytes + " bytes of buffers, of at most " + bound);
            among.expectAtMost(USUAL_PACE, alone);
        }

        private Queue<Trick> tricksFrom(int port) {
            return tricks.computeIfAbsent(port, each -> new ConcurrentLinkedQueue<>());
        }

        private EchoPace echoes(Peer peer, BooleanSupplier goesOn) throws IOException {
            return EchoPace.measure(stand, peer, ECHOES, PAUSE, () -> {
                mostBytes.accumulateAndGet(server.endpoint().bufferBytes(), Math::max);
                return goesOn.getAsBoolean();
            });
        }
    }
}
