package io.github.iocp4j;

import io.github.iocp4j.error.WindowsException;
import io.github.iocp4j.internal.concurrent.IndexedPool;
import io.github.iocp4j.internal.host.Host;
import io.github.iocp4j.internal.host.Signal;
import io.github.iocp4j.net.TcpTransport;
import io.github.iocp4j.port.IoWorker;
import io.github.iocp4j.port.IoWorkers;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/// The end of an endpoint, step by step on a thread of its own: no more accepts, the jobs that are queued while
/// connections can still be sent to, all connections gracefully, what is left of them by force, then, when the
/// last operation is home, workers, port and memory.
///
/// Nothing here waits for anybody longer than the time that was given, not even for a callback that blocks.
final class EndpointClose {
    /// What the end needs at least, to bring home what it has cancelled.
    static final Duration LEAST = Duration.ofMillis(250);

    /// Windows gives a service 5 s when the system shuts down.
    static final Duration USUAL = Duration.ofSeconds(4);

    private static final Duration BUSY_MACHINE = Duration.ofSeconds(1);
    private static final Duration LONGEST = Duration.ofDays(365);

    /// What is kept back of the time for the workers to end.
    private static final long RESERVE_NANOS = 50_000_000L;

    private static final System.Logger LOG = System.getLogger(IocpEndpoint.class.getName());

    /// When the graceful part ends, and when the whole does, in nanoseconds of the host's clock.
    private record Limits(long gracefulEnd, long end) {
        Limits sooner(Limits other) {
            return new Limits(sooner(gracefulEnd, other.gracefulEnd), sooner(end, other.end));
        }

        private static long sooner(long a, long b) {
            return a - b < 0 ? a : b;
        }
    }

    private final EndpointCore endpoint;
    private final EndpointListeners listeners;
    private final IndexedPool<ConnectionContext> contexts;
    private final TcpTransport transport;
    private final Host host;
    private final AtomicReference<@Nullable Limits> limits = new AtomicReference<>();
    private final Signal workersStarted;
    private final Signal changed;
    private final Signal closed;
    private volatile @Nullable IoWorkers workers;
    private volatile @Nullable WindowsException failure;
    private volatile boolean failureHandled;
    private volatile boolean aborting;
    private volatile String leftOver = "";

    EndpointClose(
            EndpointCore endpoint,
            EndpointListeners listeners,
            IndexedPool<ConnectionContext> contexts,
            TcpTransport transport) {
        this.endpoint = endpoint;
        this.listeners = listeners;
        this.contexts = contexts;
        this.transport = transport;
        host = endpoint.port().host();
        workersStarted = host.newSignal();
        changed = host.newSignal();
        closed = host.newSignal();
    }

    void workersStarted(IoWorkers started) {
        workers = started;
        workersStarted.set();
    }

    /// Begins, unless it has begun; and of all limits that were given the one that ends first holds.
    void begin(Duration limit) {
        begin(limit, false);
    }

    /// Begins by force.
    void beginAborting() {
        begin(USUAL, true);
    }

    /// Whether it has begun: nothing new begins then.
    boolean isBegun() {
        return limits.get() != null;
    }

    /// Whether connections are to be ended by force.
    boolean isAborting() {
        return aborting || failure != null;
    }

    /// Why connections end now.
    CloseReason reason() {
        return new CloseReason(CloseReason.Kind.ENDPOINT_CLOSED, failure);
    }

    /// What the port failed with, or `null`.
    @Nullable
    WindowsException failure() {
        return failure;
    }

    /// What was left over, for a person to read; empty when nothing was.
    String leftOver() {
        return leftOver;
    }

    void await() {
        closed.await(Signal.FOREVER);
    }

    /// A context is free again, or a listener closed.
    void released() {
        if (isBegun() && isDrained()) {
            changed.set();
        }
    }

    /// The port has failed: the worker that has met the failure tells the handler, and ends all connections,
    /// since no packet will.
    void portFailed(WindowsException cause) {
        LOG.log(System.Logger.Level.ERROR, "the completion port failed", cause);
        failure = cause;
        beginAborting();
        try {
            endpoint.handler().endpointFailed(cause);
        } catch (Throwable e) {
            LOG.log(System.Logger.Level.WARNING, "a handler failed in endpointFailed", e);
        }
        IoWorker worker = IoWorker.current();
        try {
            if (worker != null) {
                endAll(cause, worker);
            }
        } finally {
            failureHandled = true;
            changed.set();
        }
    }

    private void begin(Duration limit, boolean byForce) {
        long nanos = (limit.compareTo(LONGEST) < 0 ? limit : LONGEST).toNanos();
        long now = host.nanoTime();
        long gracefulEnd = byForce ? now : now + nanos / 4 * 3;
        Limits wanted = new Limits(gracefulEnd, now + Math.max(nanos, LEAST.toNanos()));
        Limits before = limits.getAndUpdate(old -> old == null ? wanted : old.sooner(wanted));
        // The other half is for the results to go out.
        endpoint.jobs().beginClose(Duration.ofNanos(byForce ? 0 : nanos / 2));
        if (before == null) {
            host.newThread("iocp4j-close", () -> run(now)).start();
        } else {
            changed.set();
        }
    }

    private void run(long begun) {
        try {
            close(begun);
        } catch (Throwable e) {
            LOG.log(System.Logger.Level.ERROR, "the close of an endpoint failed: what it had not freed yet is kept", e);
        } finally {
            // Whoever waits has been promised an end.
            closed.set();
        }
    }

    private void close(long begun) {
        workersStarted.await(Signal.FOREVER);
        listeners.stop();
        endpoint.jobs().awaitClosed();
        if (!isAborting() && hasGracefulTime()) {
            closeAll(false);
        }
        if (!awaitDrained(true)) {
            abort();
        }
        boolean home = free(isDrained());
        boolean _ = endpoint.jobs().awaitThreads(timeLeft());
        LeftOver left = new LeftOver(endpoint, contexts, home, host.nanoTime() - begun);
        if (!left.isNothing()) {
            leftOver = left.toString();
            LOG.log(System.Logger.Level.WARNING, leftOver);
        }
    }

    private void abort() {
        aborting = true;
        // With the port gone only sockets can still be closed from here, and that comes last.
        if (failure == null) {
            closeAll(true);
        }
        if (!awaitDrained(false) && failure != null) {
            closeAll(true);
        }
    }

    private boolean hasGracefulTime() {
        return limits().gracefulEnd - host.nanoTime() > 0;
    }

    /// @return whether all is home, or nothing more will come
    private boolean awaitDrained(boolean graceful) {
        while (true) {
            changed.reset();
            if (isDrained() || failureHandled) {
                return true;
            }
            Limits now = limits();
            long left = (graceful ? now.gracefulEnd : now.end - RESERVE_NANOS) - host.nanoTime();
            if (left <= 0) {
                return false;
            }
            changed.await(left);
        }
    }

    private boolean isDrained() {
        return contexts.taken() == 0 && listeners.isOver();
    }

    private void closeAll(boolean byForce) {
        for (int i = 0; i < contexts.numbered(); i++) {
            ConnectionContext context = contexts.get(i);
            if (context == null) {
                continue;
            }
            Connector connector = context.wakeUp().connector();
            if (connector != null) {
                connector.cancel();
            }
            Connection connection = context.connection();
            if (connection != null && byForce) {
                context.abort(connection.generation(), reason());
            } else if (connection != null) {
                context.requestClose(connection.generation(), reason(), false);
            }
            context.wakeUp().hurry();
        }
    }

    private void endAll(WindowsException cause, IoWorker worker) {
        for (int i = 0; i < contexts.numbered(); i++) {
            ConnectionContext context = contexts.get(i);
            if (context == null) {
                continue;
            }
            Connector connector = context.wakeUp().connector();
            if (connector != null) {
                connector.abandon(cause);
            }
            Connection connection = context.connection();
            if (connection != null) {
                context.endNow(connection.generation(), reason(), worker);
            }
        }
    }

    /// @return whether all is home, and freed; else what Windows or a worker may still use is kept
    private boolean free(boolean drained) {
        IoWorkers running = workers;
        // No callback runs any more then: if the time is over, only a processor is what the workers lack.
        Duration limit = drained && timeLeft().compareTo(BUSY_MACHINE) < 0 ? BUSY_MACHINE : timeLeft();
        boolean stopped = running != null && running.stop(limit);
        stopped &= endpoint.resources().closeFiles(limit);
        if (stopped) {
            contexts.discardFree();
        }
        boolean home = endpoint.port().close(timeLeft()) && stopped;
        endpoint.resources().close(home);
        if (home) {
            transport.close();
        }
        return home;
    }

    private Duration timeLeft() {
        return Duration.ofNanos(Math.max(0, limits().end - host.nanoTime()));
    }

    private Limits limits() {
        Limits now = limits.get();
        if (now == null) {
            throw new AssertionError("the close has begun");
        }
        return now;
    }
}
