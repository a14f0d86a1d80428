package io.github.iocp4j.internal.concurrent;

/// How long to wait before something that was refused is tried again: 10 ms, doubling to 1 s. Nothing here waits.
///
/// For one thread at a time; it is part of what is tried.
public final class Backoff {
    private static final long FIRST_NANOS = 10_000_000;
    private static final long LONGEST_NANOS = 1_000_000_000;

    private long nanos = FIRST_NANOS;

    /// The time until the next try, in nanoseconds; the one after that waits twice as long.
    public long nextNanos() {
        long now = nanos;
        nanos = Math.min(2 * now, LONGEST_NANOS);
        return now;
    }

    /// It has worked: the next refusal waits the shortest time again.
    public void reset() {
        nanos = FIRST_NANOS;
    }
}
