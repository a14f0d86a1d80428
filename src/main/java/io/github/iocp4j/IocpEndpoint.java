package io.github.iocp4j;

import io.github.iocp4j.error.WindowsException;
import io.github.iocp4j.internal.concurrent.IndexedPool;
import io.github.iocp4j.internal.host.Host;
import io.github.iocp4j.internal.host.Signal;
import io.github.iocp4j.net.AcceptHandler;
import io.github.iocp4j.net.TcpChannel;
import io.github.iocp4j.net.TcpListener;
import io.github.iocp4j.net.TcpTransport;
import io.github.iocp4j.port.CompletionPort;
import io.github.iocp4j.port.IoWorker;
import io.github.iocp4j.port.IoWorkers;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/// A server, a client, or both, on one completion port: the article's `IOCPS`.
///
/// [#start] makes everything and listens; from then on the endpoint lives on its I/O workers, which call the
/// [EndpointHandler]. [#close] ends it. All methods may be called from any thread.
public final class IocpEndpoint implements AutoCloseable {
    private static final System.Logger LOG = System.getLogger(IocpEndpoint.class.getName());
    private static final Duration CLOSE_LIMIT = Duration.ofSeconds(4);

    private final EndpointOptions options;
    private final EndpointHandler handler;
    private final CompletionPort port;
    private final Host host;
    private final TcpTransport transport;
    private final EndpointResources resources;
    private final IndexedPool<ConnectionContext> contexts;
    private final Relief relief;
    private final Core core = new Core();
    private final IoWorkers workers;
    private final List<TcpListener> listeners = new ArrayList<>();
    private final AtomicInteger openListeners = new AtomicInteger();
    private final AtomicInteger connections = new AtomicInteger();
    private final AtomicInteger generations = new AtomicInteger();
    private final AtomicBoolean closing = new AtomicBoolean();
    private final Signal drained;
    private final Signal closed;
    private volatile @Nullable WindowsException portFailure;

    private IocpEndpoint(
            EndpointOptions options, EndpointHandler handler, CompletionPort port, TcpTransport transport) {
        this.options = options;
        this.handler = handler;
        this.port = port;
        this.transport = transport;
        host = port.host();
        resources = new EndpointResources(options, host, port.timer());
        contexts = new IndexedPool<>(
                options.maxConnections(),
                options.keepFreeContexts(),
                index -> new ConnectionContext(core, index),
                ConnectionContext::giveBackOperations);
        relief = new Relief(contexts, port.timer());
        drained = host.newSignal();
        closed = host.newSignal();
        workers = IoWorkers.start(port, options.ioWorkers(), options.batch(), "iocp4j-io", this::portFailed);
    }

    /// Starts an endpoint: opens its port, starts its workers, and listens where the options say.
    ///
    /// @throws UnsupportedOperationException when this is not Windows, or native access is denied
    /// @throws IOException when the port or Winsock can't be had, or a listen address can't: a
    ///         [io.github.iocp4j.error.WinsockException] with the call and the code, WSAEADDRINUSE or WSAEACCES
    ///         when it is taken
    public static IocpEndpoint start(EndpointOptions options, EndpointHandler handler) throws IOException {
        return start(options, handler, CompletionPort.open(0, options.operations()));
    }

    /// Starts on a port with room for [EndpointOptions#operations], which the endpoint then owns.
    static IocpEndpoint start(EndpointOptions options, EndpointHandler handler, CompletionPort port)
            throws IOException {
        TcpTransport transport;
        try {
            transport = TcpTransport.on(port);
        } catch (IOException e) {
            port.close();
            throw e;
        }
        IocpEndpoint endpoint = new IocpEndpoint(options, handler, port, transport);
        try {
            endpoint.listen();
        } catch (IOException e) {
            endpoint.close();
            throw e;
        }
        return endpoint;
    }

    /// Connects to `remote`, and returns at once: the handler's [EndpointHandler#connected] or
    /// [EndpointHandler#connectFailed] tells the outcome.
    ///
    /// @param attachment becomes [Connection#attachment]
    /// @return `false` when there are [EndpointOptions#maxConnections] connections already, made or being made,
    /// or the endpoint is closing: then nothing will be called
    /// @throws IllegalArgumentException when the address is unresolved
    public boolean connect(InetSocketAddress remote, @Nullable Object attachment) {
        if (remote.isUnresolved()) {
            throw new IllegalArgumentException("unresolved address " + remote);
        }
        ConnectionContext context = takeContext();
        if (context == null) {
            return false;
        }
        Connector connector = new Connector(transport, context, core, remote, attachment);
        connector.begin();
        if (closing.get()) {
            connector.cancel();
        }
        return true;
    }

    /// Where the endpoint listens: the first of its addresses, with the port that Windows chose when 0 was
    /// asked for.
    ///
    /// @throws IllegalStateException when it does not listen
    public InetSocketAddress localAddress() {
        if (listeners.isEmpty()) {
            throw new IllegalStateException("this endpoint does not listen");
        }
        return listeners.getFirst().localAddress();
    }

    /// How many connections are open now.
    public int connectionCount() {
        return connections.get();
    }

    /// What has been counted until now.
    public EndpointCounters counters() {
        long pendingIo = 0;
        for (int i = 0; i < contexts.numbered(); i++) {
            ConnectionContext context = contexts.get(i);
            pendingIo += context == null ? 0 : context.pendingIo();
        }
        return resources.counters(
                connections.get(), contexts.taken(), pendingIo, port.operationsTaken(), port.operationsInFlight());
    }

    /// Closes within 4 s, Windows' own limit for services being 5: stops accepting, closes all connections
    /// gracefully, aborts at three quarters of the time what is left, waits until the last operation is home,
    /// and frees all memory. What is not home by then keeps its memory, and a warning says so.
    ///
    /// Idempotent, from any thread. It returns when the endpoint is closed; but from a callback it only starts
    /// the close and returns.
    @Override
    public void close() {
        if (closing.compareAndSet(false, true)) {
            host.newThread("iocp4j-close", this::closeAll).start();
        }
        if (!isOwnWorker()) {
            closed.await(Signal.FOREVER);
        }
    }

    /// Waits until the endpoint is closed, by [#close] or because its port failed.
    ///
    /// @throws IllegalStateException from a callback, which the close would wait for
    /// @throws UncheckedIOException when the port failed
    public void awaitClosed() {
        if (isOwnWorker()) {
            throw new IllegalStateException("awaitClosed in a callback would wait for itself");
        }
        closed.await(Signal.FOREVER);
        WindowsException cause = portFailure;
        if (cause != null) {
            throw new UncheckedIOException(cause);
        }
    }

    private void listen() throws IOException {
        for (InetSocketAddress address : options.listenAddresses()) {
            openListeners.incrementAndGet();
            try {
                listeners.add(transport.listen(address, options.backlog(), options.pendingAccepts(), core));
            } catch (IOException e) {
                openListeners.decrementAndGet();
                throw e;
            }
        }
    }

    private boolean isOwnWorker() {
        IoWorker worker = IoWorker.current();
        return worker != null && worker.port() == port;
    }

    private void portFailed(WindowsException cause) {
        LOG.log(System.Logger.Level.ERROR, "the completion port failed", cause);
        portFailure = cause;
        if (closing.compareAndSet(false, true)) {
            host.newThread("iocp4j-close", this::closeAll).start();
        }
    }

    private void closeAll() {
        long begun = host.nanoTime();
        listeners.forEach(TcpListener::close);
        closeConnections(false);
        signalIfDrained();
        if (!drained.await(CLOSE_LIMIT.toNanos() * 3 / 4)) {
            closeConnections(true);
            drained.await(left(begun));
        }
        boolean stopped = workers.stop(Duration.ofNanos(left(begun)));
        if (stopped) {
            contexts.discardFree();
        }
        boolean home = port.close(Duration.ofNanos(left(begun)));
        resources.close(home && stopped);
        transport.close();
        EndpointCounters counters = counters();
        if (!counters.isQuiescent()) {
            LOG.log(System.Logger.Level.WARNING, "left over at close, and kept in memory: {0}", counters);
        }
        closed.set();
    }

    private long left(long begun) {
        return Math.max(0, CLOSE_LIMIT.toNanos() - (host.nanoTime() - begun));
    }

    private void closeConnections(boolean abortive) {
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
            if (connection != null) {
                CloseReason reason = new CloseReason(CloseReason.Kind.ENDPOINT_CLOSED, null);
                context.requestClose(connection.generation(), reason, abortive);
            }
        }
    }

    private void signalIfDrained() {
        if (closing.get() && contexts.taken() == 0 && openListeners.get() == 0) {
            drained.set();
        }
    }

    /// A context for a new connection, or `null` when there is none, or the endpoint is closing. Taken first
    /// and looked second: so a close either is seen here, or waits for this context.
    private @Nullable ConnectionContext takeContext() {
        ConnectionContext context = closing.get() ? null : contexts.take();
        if (context != null && closing.get()) {
            giveBack(context);
            contexts.discardFree();
            return null;
        }
        return context;
    }

    private void giveBack(ConnectionContext context) {
        contexts.give(context.index());
        signalIfDrained();
    }

    /// The endpoint as its parts see it.
    private final class Core implements EndpointCore, AcceptHandler, Connector.Outcome {
        @Override
        public CompletionPort port() {
            return port;
        }

        @Override
        public EndpointOptions options() {
            return options;
        }

        @Override
        public EndpointResources resources() {
            return resources;
        }

        @Override
        public EndpointHandler handler() {
            return handler;
        }

        @Override
        public Relief relief() {
            return relief;
        }

        @Override
        public int nextGeneration() {
            return generations.updateAndGet(last -> last == Integer.MAX_VALUE ? 1 : last + 1);
        }

        @Override
        public boolean isClosing() {
            return closing.get();
        }

        @Override
        public void disconnected() {
            connections.decrementAndGet();
        }

        @Override
        public void released(ConnectionContext context) {
            giveBack(context);
        }

        @Override
        public void accepted(TcpChannel channel, InetSocketAddress local, InetSocketAddress remote) {
            IoWorker worker = IoWorker.current();
            ConnectionContext context = worker == null ? null : takeContext();
            if (worker == null || context == null) {
                channel.abort();
                resources.countRefused();
                return;
            }
            try {
                channel.associate(context.index());
                open(context, channel, local, remote, null, worker);
            } catch (IOException e) {
                channel.abort();
                giveBack(context);
                LOG.log(System.Logger.Level.WARNING, "an accepted connection could not be used", e);
                return;
            }
            resources.countAccepted();
        }

        @Override
        public void listenerClosed() {
            openListeners.decrementAndGet();
            signalIfDrained();
        }

        @Override
        public void connected(Connector connector, TcpChannel channel, IoWorker worker) throws IOException {
            ConnectionContext context = connector.context();
            InetSocketAddress local = channel.localAddress();
            open(context, channel, local, connector.remote(), connector.attachment(), worker);
            resources.countConnected();
        }

        @Override
        public void failed(Connector connector, IOException cause) {
            try {
                handler.connectFailed(connector.remote(), connector.attachment(), cause);
            } catch (Throwable e) {
                LOG.log(System.Logger.Level.WARNING, "a handler failed in connectFailed", e);
            } finally {
                giveBack(connector.context());
            }
        }

        private void open(
                ConnectionContext context,
                TcpChannel channel,
                InetSocketAddress local,
                InetSocketAddress remote,
                @Nullable Object attachment,
                IoWorker worker)
                throws IOException {
            connections.incrementAndGet();
            try {
                context.open(channel, local, remote, attachment, worker);
            } catch (IOException e) {
                connections.decrementAndGet();
                throw e;
            }
        }
    }
}
