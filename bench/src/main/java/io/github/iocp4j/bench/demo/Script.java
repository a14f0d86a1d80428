package io.github.iocp4j.bench.demo;

import io.github.iocp4j.bench.traffic.Patterns;
import java.util.ArrayDeque;
import java.util.Random;

/// What one client does, by its seed: the frames it sends, in bursts, and when and how it leaves. It also knows
/// what must come back. For one thread at a time.
final class Script {
    static final int MOST_BYTES = 64 << 10;

    /// A burst ends here, so that a client that writes all of it before it reads can't wait for a server that
    /// waits for this client.
    private static final int BURST_BYTES = 96 << 10;

    private static final int BURST_FRAMES = 4;
    private static final int LEAST_STAY_MILLIS = 1_000;
    private static final int MOST_STAY_MILLIS = 12_000;
    private static final int MOST_AWAY_MILLIS = 200;

    private final Random random;
    private final long seed;
    private final byte[] payload = new byte[MOST_BYTES];
    private final ArrayDeque<Integer> expected = new ArrayDeque<>();
    private long sent;
    private int burstFrames;
    private int burstBytes;
    private long leaveAt;

    Script(long seed, int client) {
        random = new Random(seed * 1_000_003 + client);
        this.seed = random.nextLong();
    }

    /// Begins a connection: nothing is expected from it yet.
    void connected() {
        expected.clear();
        int stay = random.nextInt(LEAST_STAY_MILLIS, MOST_STAY_MILLIS);
        leaveAt = System.nanoTime() + stay * 1_000_000L;
    }

    boolean isTimeToLeave() {
        return System.nanoTime() - leaveAt >= 0;
    }

    /// Whether to leave by a reset rather than in order.
    boolean leavesByReset() {
        return random.nextBoolean();
    }

    int awayMillis() {
        return random.nextInt(MOST_AWAY_MILLIS);
    }

    void beginBurst() {
        burstFrames = random.nextInt(1, BURST_FRAMES + 1);
        burstBytes = 0;
    }

    /// The next frame of the burst, in [#payload].
    ///
    /// @return its length, or -1 when the burst is over
    int nextFrame() {
        if (burstFrames == 0 || burstBytes > BURST_BYTES - MOST_BYTES) {
            return -1;
        }
        int length = nextLength();
        Patterns.fill(payload, 0, length, seed, sent);
        sent++;
        burstFrames--;
        burstBytes += length;
        expected.add(length);
        return length;
    }

    byte[] payload() {
        return payload;
    }

    int outstanding() {
        return expected.size();
    }

    /// Whether `actual` is the next frame that must come back.
    boolean isNextEcho(byte[] actual, int length) {
        long sequence = sent - expected.size();
        Integer expectedLength = expected.poll();
        return expectedLength != null
                && expectedLength == length
                && Patterns.matches(actual, 0, length, seed, sequence);
    }

    /// Mostly small, as messages are, with all the interesting sizes up to the longest.
    private int nextLength() {
        int kind = random.nextInt(100);
        if (kind < 70) {
            return random.nextInt(513);
        }
        if (kind < 90) {
            return random.nextInt(4 << 10);
        }
        return kind < 99 ? random.nextInt(16 << 10) : random.nextInt(MOST_BYTES + 1);
    }
}
