package io.github.iocp4j.net;

import io.github.iocp4j.port.IoWorker;
import io.github.iocp4j.port.Operation;
import io.github.iocp4j.port.OperationHandler;
import io.github.iocp4j.port.Timer;
import java.time.Duration;
import java.util.Objects;

/// Looks at a listener's accepts that wait for data, from time to time: a peer that has connected and says nothing
/// would keep its accept for ever, and so many of them all.
///
/// The timer only posts a packet; the look is an I/O worker's.
final class SilentPeers extends Timer.Alarm implements OperationHandler {
    private static final long LEAST_INTERVAL_NANOS = 100_000_000L;
    private static final long MOST_INTERVAL_NANOS = 1_000_000_000L;

    private final TcpListener listener;
    private final Operation operation;
    private final long limitNanos;
    private final long intervalNanos;

    SilentPeers(TcpListener listener, Duration limit) {
        this.listener = listener;
        limitNanos = limit.toNanos();
        intervalNanos = Math.clamp(limitNanos / 4, LEAST_INTERVAL_NANOS, MOST_INTERVAL_NANOS);
        operation = Objects.requireNonNull(
                listener.transport().port().acquire(this, null), "the port has an operation for the listener's looks");
    }

    void lookLater() {
        timer().schedule(this, timer().nanoTime() + intervalNanos);
        if (listener.gate().isClosing()) {
            // Whoever closes has interrupted, perhaps before this was scheduled.
            interrupt();
        }
    }

    /// The listener is closing.
    void interrupt() {
        if (timer().cancel(this)) {
            expired();
        }
    }

    @Override
    protected void expired() {
        if (listener.transport().port().post(operation, 0, 0) != 0) {
            timer().schedule(this, timer().nanoTime() + intervalNanos);
        }
    }

    @Override
    public void completed(Operation done, IoWorker worker) {
        if (listener.gate().isClosing()) {
            operation.release();
            listener.leave();
            return;
        }
        listener.accepts().forEach(each -> each.cutIfSilent(limitNanos));
        lookLater();
    }

    private Timer timer() {
        return listener.transport().port().timer();
    }
}
