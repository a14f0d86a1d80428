package io.github.iocp4j;

import io.github.iocp4j.internal.concurrent.Backoff;
import io.github.iocp4j.net.TcpChannel;

/// Trying again after a shortage of memory, Windows' or our own, by the timer and without spinning.
final class MemoryRetry {
    private static final int WSAENOBUFS = 10055;

    private final Deadlines deadlines;
    private final int kind;
    private final Backoff backoff = new Backoff();
    private volatile boolean waiting;

    /// @param kind which of the deadlines is the retry's
    MemoryRetry(Deadlines deadlines, int kind) {
        this.deadlines = deadlines;
        this.kind = kind;
    }

    /// Whether a refusal of an overlapped call means that memory is short, and another try may succeed.
    /// WSAEWOULDBLOCK means too many calls outstanding there.
    static boolean isShortage(int code) {
        return code == WSAENOBUFS || code == TcpChannel.WOULD_BLOCK;
    }

    boolean isWaiting() {
        return waiting;
    }

    void later() {
        waiting = true;
        deadlines.set(kind, backoff.nextNanos());
    }

    /// For who is told of a shortage again and again while it waits.
    void laterUnlessWaiting() {
        if (!waiting) {
            later();
        }
    }

    /// Ends the wait when its time has come.
    ///
    /// @return whether it has ended now
    boolean resume(long now) {
        if (!deadlines.take(kind, now)) {
            return false;
        }
        waiting = false;
        return true;
    }

    /// Ends the wait before its time: memory has become free.
    void hurry() {
        waiting = false;
    }

    void succeeded() {
        backoff.reset();
    }

    void reset() {
        waiting = false;
        backoff.reset();
    }
}
