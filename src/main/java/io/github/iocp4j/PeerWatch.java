package io.github.iocp4j;

import java.time.Duration;

/// Notices that something of the peer's is due for too long. The time in which this side does not read stands
/// still. For the holder of the turn, but for [#since].
final class PeerWatch {
    /// The time since when nothing is due.
    static final long NOTHING = Long.MIN_VALUE;

    private final Deadlines deadlines;
    private final int kind;
    private final long limitNanos;

    /// This side does not read at the moment.
    private boolean heldUp;

    /// Since when it is the peer who is waited for, or [#NOTHING].
    private volatile long since = NOTHING;

    /// @param kind which of the deadlines is the watch's
    /// @param limit zero for none
    PeerWatch(Deadlines deadlines, int kind, Duration limit) {
        this.deadlines = deadlines;
        this.kind = kind;
        limitNanos = limit.toNanos();
    }

    /// From now on the peer is waited for, if it is not yet.
    void begin() {
        if (since != NOTHING) {
            return;
        }
        since = deadlines.nanoTime();
        // One that is set for what was due earlier is looked at then, and set anew for this.
        if (limitNanos > 0 && !deadlines.isSet(kind)) {
            deadlines.setAt(kind, since + limitNanos);
        }
    }

    /// A part has come of what is due: the limit begins anew.
    void progressed() {
        heldUp = false;
        if (limitNanos > 0) {
            since = deadlines.nanoTime();
        }
    }

    /// What was due has come, or is not waited for any more.
    void end() {
        if (since != NOTHING) {
            since = NOTHING;
        }
    }

    /// This side stops reading for now.
    void holdUp() {
        heldUp = true;
    }

    /// This side reads again.
    void goOn() {
        if (heldUp) {
            heldUp = false;
            if (since != NOTHING) {
                since = deadlines.nanoTime();
            }
        }
    }

    /// The time has come to look.
    ///
    /// @return whether the limit is passed; else there is another time, if need be
    boolean isOver(long now) {
        long begun = since;
        if (begun == NOTHING) {
            return false;
        }
        if (heldUp) {
            begun = now;
            since = now;
        }
        if (now - begun >= limitNanos) {
            return true;
        }
        deadlines.setAt(kind, begun + limitNanos);
        return false;
    }

    /// Since when something is due, or [#NOTHING]. Any thread.
    long since() {
        return since;
    }

    void reset() {
        heldUp = false;
        end();
    }
}
