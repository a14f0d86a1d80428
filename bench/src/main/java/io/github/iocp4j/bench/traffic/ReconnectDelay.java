package io.github.iocp4j.bench.traffic;

import java.time.Duration;
import java.util.random.RandomGenerator;

/// How long to wait before the next try to connect: half a second, doubling to 30 s. A random part of it, up to a
/// quarter, is left out, so that many clients of a server that comes back do not come all at once. For one thread
/// at a time.
public final class ReconnectDelay {
    private static final long FIRST_MILLIS = 500;
    private static final long LONGEST_MILLIS = 30_000;

    private final RandomGenerator random;
    private long millis = FIRST_MILLIS;

    /// @param random makes the difference between clients
    public ReconnectDelay(RandomGenerator random) {
        this.random = random;
    }

    /// The time until the next try; the one after that waits twice as long.
    public Duration next() {
        long now = millis;
        millis = Math.min(2 * now, LONGEST_MILLIS);
        return Duration.ofMillis(now - random.nextLong(now / 4 + 1));
    }

    /// It has worked: the next time begins with the shortest wait.
    public void reset() {
        millis = FIRST_MILLIS;
    }
}
