package io.github.iocp4j;

import io.github.iocp4j.net.TcpChannel;

/// Trying again after a shortage of memory, Windows' or our own: after 10 ms, doubling to 1 s, by the timer,
/// without spinning.
final class MemoryRetry {
    private static final int WSAENOBUFS = 10055;
    private static final long FIRST_NANOS = 10_000_000L;
    private static final long LONGEST_NANOS = 1_000_000_000L;

    private final ConnectionContext context;
    private volatile boolean waiting;
    private long delayNanos = FIRST_NANOS;

    MemoryRetry(ConnectionContext context) {
        this.context = context;
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
        context.scheduleAlarm(delayNanos);
        delayNanos = Math.min(2 * delayNanos, LONGEST_NANOS);
    }

    /// For who is told of a shortage again and again while it waits.
    void laterUnlessWaiting() {
        if (!waiting) {
            later();
        }
    }

    void resume() {
        waiting = false;
    }

    void succeeded() {
        delayNanos = FIRST_NANOS;
    }

    void reset() {
        waiting = false;
        delayNanos = FIRST_NANOS;
    }
}
