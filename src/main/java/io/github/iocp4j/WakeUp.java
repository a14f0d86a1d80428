package io.github.iocp4j;

import io.github.iocp4j.internal.concurrent.Backoff;
import io.github.iocp4j.port.CompletionPort;
import io.github.iocp4j.port.IoWorker;
import io.github.iocp4j.port.Operation;
import io.github.iocp4j.port.OperationHandler;
import io.github.iocp4j.port.Timer;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/// The one packet by which other threads, and workers that have done their share, get a connection's work done
/// by an I/O worker.
///
/// Requests are bits; the first one posts the packet, the others join it. The packet holds a count while it is
/// posted, and its operation is reserved, so that a wake-up is never lost for want of one. A post that Windows
/// refuses is tried again by the timer.
final class WakeUp implements OperationHandler {
    private static final int POSTED = 1 << 31;

    private static final VarHandle REQUESTS;

    static {
        try {
            REQUESTS = MethodHandles.lookup().findVarHandle(WakeUp.class, "requests", int.class);
        } catch (ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    private final ConnectionContext context;
    private final CompletionPort port;
    private final Operation operation;
    private volatile @Nullable PostRetry retry;

    /// Who makes a connection in this context, before there is one: the packet is his meanwhile.
    private volatile @Nullable Connector connector;

    @SuppressWarnings("unused") // through REQUESTS
    private volatile int requests;

    WakeUp(ConnectionContext context, CompletionPort port) {
        this.context = context;
        this.port = port;
        operation = Objects.requireNonNull(port.acquire(this, null), "the port has operations for each connection");
    }

    /// Whoever calls holds a count; the packet gets one of its own.
    void request(int what) {
        int before = (int) REQUESTS.getAndBitwiseOr(this, what | POSTED);
        if ((before & POSTED) == 0) {
            context.enterIo();
            post();
        }
    }

    /// Passes the caller's count, which was the last one a moment ago, to the packet, unless that is posted:
    /// somebody has entered meanwhile and asked for it, and it holds a count of its own.
    ///
    /// @return whether the count is the packet's now
    boolean takeOver(int what) {
        int before = (int) REQUESTS.getAndBitwiseOr(this, what | POSTED);
        if ((before & POSTED) != 0) {
            return false;
        }
        post();
        return true;
    }

    @Override
    public void completed(Operation done, IoWorker worker) {
        Connector connecting = connector;
        if (connecting != null) {
            connecting.advance(done, worker);
            return;
        }
        // The operation is home: whoever asks from here on posts it anew.
        context.awake((int) REQUESTS.getAndSet(this, 0), worker);
    }

    /// Lends the operation to `connecting`, or takes it back.
    void lend(@Nullable Connector connecting) {
        connector = connecting;
    }

    @Nullable
    Connector connector() {
        return connector;
    }

    Operation operation() {
        return operation;
    }

    void post() {
        if (!tryPost()) {
            PostRetry again = retry;
            if (again == null) {
                again = new PostRetry();
                retry = again;
            }
            again.later();
        }
    }

    /// The endpoint closes: a post that waits for the timer is made now, from any thread.
    void hurry() {
        PostRetry waiting = retry;
        if (waiting != null && port.timer().cancel(waiting)) {
            post();
        }
    }

    void giveBackOperation() {
        operation.release();
    }

    private boolean tryPost() {
        return port.post(operation, context.index(), 0) == 0;
    }

    private final class PostRetry extends Timer.Alarm {
        private final Backoff backoff = new Backoff();

        void later() {
            port.timer().schedule(this, port.timer().nanoTime() + backoff.nextNanos());
        }

        @Override
        protected void expired() {
            if (tryPost()) {
                backoff.reset();
            } else {
                later();
            }
        }
    }
}
