package io.github.iocp4j;

import java.time.Duration;
import java.util.function.BooleanSupplier;

/// Notices that the peer of a connection takes nothing of what is in flight to it. Its time is set by the first
/// send that does not end at once, and looked at when it has come: so a busy connection costs one alarm in a
/// limit.
final class StallWatch {
    private final Deadlines deadlines;
    private final long limitNanos;
    private volatile boolean armed;

    /// When a send began with none in flight, or came home.
    private volatile long progressAt;

    StallWatch(Deadlines deadlines, Duration limit) {
        this.deadlines = deadlines;
        limitNanos = limit.toNanos();
    }

    /// A send is about to be made, with none in flight. Others that look for who makes no progress see the time
    /// before they see the send.
    void start() {
        progressAt = deadlines.nanoTime();
    }

    /// A send is pending.
    void pending() {
        if (!armed && limitNanos > 0) {
            armed = true;
            deadlines.set(Deadlines.STALL, limitNanos);
        }
    }

    /// A pending send has come home.
    void progressed() {
        progressAt = deadlines.nanoTime();
    }

    long lastProgress() {
        return progressAt;
    }

    /// The time has come to look.
    ///
    /// @param inFlight whether a send is in flight
    /// @return whether the limit is passed; else there is another time, if need be
    boolean isOver(long now, BooleanSupplier inFlight) {
        // First disarmed, then looked: a send that begins meanwhile is seen here, or arms anew.
        armed = false;
        if (!inFlight.getAsBoolean()) {
            return false;
        }
        long since = progressAt;
        if (now - since >= limitNanos) {
            return true;
        }
        armed = true;
        deadlines.setAt(Deadlines.STALL, since + limitNanos);
        return false;
    }

    void reset() {
        armed = false;
    }
}
