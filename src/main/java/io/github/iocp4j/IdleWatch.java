package io.github.iocp4j;

import java.time.Duration;

/// Notices that nothing comes or goes on a connection. Without a limit it costs nothing; with one, a look at the
/// clock for each read and send, and one alarm in a limit.
final class IdleWatch {
    private final Deadlines deadlines;
    private final long limitNanos;

    /// When bytes came or went last. Workers that write it at once agree well enough.
    private volatile long activeAt;

    IdleWatch(Deadlines deadlines, Duration limit) {
        this.deadlines = deadlines;
        limitNanos = limit.toNanos();
    }

    /// The connection is made.
    void begin() {
        if (limitNanos > 0) {
            note();
            deadlines.set(Deadlines.IDLE, limitNanos);
        }
    }

    /// Bytes have come or gone.
    void note() {
        if (limitNanos > 0) {
            activeAt = deadlines.nanoTime();
        }
    }

    /// The time has come to look; there is always a next one.
    ///
    /// @return whether the limit is passed
    boolean isOver(long now) {
        long quiet = now - activeAt;
        boolean over = quiet >= limitNanos;
        deadlines.set(Deadlines.IDLE, over ? limitNanos : limitNanos - quiet);
        return over;
    }
}
