package io.github.iocp4j.internal.concurrent;

/// How long to wait before something that was refused for want of memory is tried again: 10 ms, doubling to 1
/// s. Used by one thread at a time.
public final class Backoff {
    private static final long FIRST_NANOS = 10_000_000L;
    private static final long LONGEST_NANOS = 1_000_000_000L;

    private long nanos = FIRST_NANOS;

    /// The time to wait now, in nanoseconds; the next one is twice as long.
    public long next() {
        long now = nanos;
        nanos = Math.min(2 * now, LONGEST_NANOS);
        return now;
    }

    /// It has succeeded: the next wait is the shortest again.
    public void reset() {
        nanos = FIRST_NANOS;
    }
}
