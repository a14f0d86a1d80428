package io.github.iocp4j;

import io.github.iocp4j.error.WindowsException;
import io.github.iocp4j.internal.concurrent.IndexedPool;
import io.github.iocp4j.memory.IoBuffer;
import io.github.iocp4j.net.AcceptHandler;
import io.github.iocp4j.net.TcpChannel;
import io.github.iocp4j.net.TcpTransport;
import io.github.iocp4j.port.CompletionPort;
import io.github.iocp4j.port.IoWorker;
import io.github.iocp4j.port.IoWorkers;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/// A server, a client, or both, on one completion port: the article's `IOCPS`.
///
/// [#start] makes everything and listens; from then on the endpoint lives on its I/O workers, which call the
/// [EndpointHandler]. [#close] ends it. All methods may be called from any thread.
public final class IocpEndpoint implements AutoCloseable {
    private static final System.Logger LOG = System.getLogger(IocpEndpoint.class.getName());

    private final EndpointOptions options;
    private final EndpointHandler handler;
    private final CompletionPort port;
    private final TcpTransport transport;
    private final EndpointResources resources;
    private final IndexedPool<ConnectionContext> contexts;
    private final Relief relief;
    private final Core core = new Core();
    private final EndpointListeners listeners;
    private final EndpointClose close;
    private final IoWorkers workers;
    private final ConnectionCounts counts = new ConnectionCounts();
    private final AtomicInteger generations = new AtomicInteger();

    private IocpEndpoint(
            EndpointOptions options, EndpointHandler handler, CompletionPort port, TcpTransport transport) {
        this.options = options;
        this.handler = handler;
        this.port = port;
        this.transport = transport;
        resources = new EndpointResources(options, port.host(), port.timer());
        contexts = new IndexedPool<>(
                options.maxConnections(),
                options.keepFreeContexts(),
                index -> new ConnectionContext(core, index),
                ConnectionContext::giveBackOperations);
        relief = new Relief(contexts, port.timer(), options.timeLimits().writeStall());
        listeners = new EndpointListeners(transport, options);
        close = new EndpointClose(core, listeners, contexts, transport);
        workers = IoWorkers.start(port, options.ioWorkers(), options.batch(), "iocp4j-io", close::portFailed);
        close.workersStarted(workers);
    }

    /// Starts an endpoint: opens its port, starts its workers, and listens where the options say. With
    /// [EndpointOptions#bindRetry] it waits for addresses that are taken. When one of several addresses can't be
    /// had, the others are closed again.
    ///
    /// @throws UnsupportedOperationException when this is not Windows, or native access is denied
    /// @throws IOException when the port or Winsock can't be had, or a listen address can't: a
    ///         [io.github.iocp4j.error.WinsockException] with the call, the code and the address, WSAEADDRINUSE or
    ///         WSAEACCES when it is taken
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
            endpoint.listeners.listen(endpoint.core);
            WindowsException failure = endpoint.close.failure();
            if (failure != null) {
                throw failure;
            }
        } catch (IOException | RuntimeException e) {
            endpoint.close.beginAborting();
            endpoint.close.await();
            throw e;
        }
        return endpoint;
    }

    /// Connects to `remote`, and returns at once: the handler's [EndpointHandler#connected] or
    /// [EndpointHandler#connectFailed] tells the outcome, within [TimeLimits#connect]. A connect that
    /// Windows refuses for want of memory (WSAENOBUFS) is tried again until then. An endpoint that listens can
    /// connect as well.
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
        connector.begin(options.timeLimits().connect());
        if (close.isBegun()) {
            connector.cancel();
        }
        return true;
    }

    /// Stops listening, for good: new peers are refused, those that Windows was about to hand over are reset.
    /// Connections go on, and [#connect] still makes new ones. A connection that a worker is just accepting may
    /// still become [EndpointHandler#connected] after this has returned. Later calls do nothing.
    public void stopAccepting() {
        listeners.stop();
    }

    /// Where the endpoint listens, or did until [#stopAccepting]: the first of its addresses, with the port that
    /// Windows chose when 0 was asked for.
    ///
    /// @throws IllegalStateException when it does not listen
    public InetSocketAddress localAddress() {
        List<InetSocketAddress> addresses = localAddresses();
        if (addresses.isEmpty()) {
            throw new IllegalStateException("this endpoint does not listen");
        }
        return addresses.getFirst();
    }

    /// Where the endpoint listens, or did until [#stopAccepting]: all addresses, in the order of the options.
    /// Empty for one that only connects.
    public List<InetSocketAddress> localAddresses() {
        return listeners.addresses();
    }

    /// The open connection with this [Connection#id], or `null` when it has been closed, by whichever side, or
    /// there never was one: not the next connection that uses its memory. Allocates nothing.
    public @Nullable Connection find(long id) {
        ConnectionContext context = contexts.get((int) id);
        Connection connection = context == null ? null : context.connection();
        return connection != null && connection.id() == id && connection.isOpen() ? connection : null;
    }

    /// Takes a buffer with room for at least `bytes` bytes, without data: the article's `AllocateBuffer`. The
    /// caller owns it, builds a frame in it, sends it to as many connections as it likes
    /// ([Connection#send(IoBuffer)]), and gives it back by [IoBuffer#release], also when it was not sent.
    ///
    /// All such buffers, and the copies that [Frame#retain] makes, together have at most
    /// [EndpointOptions#sendBudgetBytes]. They come from memory of their own: who keeps them stops no
    /// connection's reads or answers. Any thread may call this; it never waits.
    ///
    /// @return the buffer, or `null` when so much is out already, or the endpoint is closed
    /// @throws IllegalArgumentException when `bytes` is negative, or more than the largest buffer has: the larger
    /// of [EndpointOptions#maxFrameBytes] and [EndpointOptions#bufferBytes]
    public @Nullable IoBuffer takeBuffer(int bytes) {
        return resources.lentPool().take(bytes);
    }

    /// How many connections are open now.
    public int connectionCount() {
        return counts.open();
    }

    /// What has been counted until now: exact once the endpoint is closed. It costs a look at each connection.
    public EndpointCounters counters() {
        long pendingIo = 0;
        for (int i = 0; i < contexts.numbered(); i++) {
            ConnectionContext context = contexts.get(i);
            pendingIo += context == null ? 0 : context.pendingIo();
        }
        return new EndpointCounters(
                counts.snapshot(contexts.taken(), pendingIo),
                resources.traffic(workers.packetsHandled(), port.foreignPackets()),
                resources.memory(port.operationsTaken(), port.operationsInFlight()),
                resources.shortages().snapshot(port.refusedPosts(), relief.evictions()));
    }

    /// Closes within 4 s: see [#close(Duration)]. Windows gives a service 5 s when the system shuts down.
    @Override
    public void close() {
        close(EndpointClose.USUAL);
    }

    /// Closes within `limit`: stops accepting, closes all connections gracefully, aborts at three quarters of the
    /// time what is left, waits until the last operation is home, and frees all memory. What is not home by then,
    /// because Windows does not give it back, a callback does not return, or the program retains it, keeps its
    /// memory; a warning names it.
    ///
    /// [TimeLimits#close] holds for each connection as before. A limit of zero aborts all connections
    /// at once; below 250 ms a limit only shortens the graceful part, since to bring home what was cancelled takes
    /// as much.
    ///
    /// Idempotent, from any thread. Of several calls the one whose time is over first sets the limit, so that a
    /// later call can still hurry the close. It returns when the endpoint is closed; but from a callback it only
    /// starts the close and returns. When a callback blocks longer than the limit, callbacks may still come after
    /// the return.
    ///
    /// @throws IllegalArgumentException when the limit is negative
    public void close(Duration limit) {
        if (limit.isNegative()) {
            throw new IllegalArgumentException("limit=" + limit + ": must be zero or more");
        }
        close.begin(limit);
        if (!isOwnWorker()) {
            close.await();
        }
    }

    /// Waits until the endpoint is closed, by [#close] or because its port failed.
    ///
    /// @throws IllegalStateException from a callback, which the close would wait for
    /// @throws UncheckedIOException when the port failed, with the cause that
    ///         [EndpointHandler#endpointFailed] was given
    public void awaitClosed() {
        if (isOwnWorker()) {
            throw new IllegalStateException("awaitClosed in a callback would wait for itself");
        }
        close.await();
        WindowsException cause = close.failure();
        if (cause != null) {
            throw new UncheckedIOException(cause);
        }
    }

    /// How many bytes all buffers have now, free ones included.
    long bufferBytes() {
        return resources.allocatedBytes();
    }

    /// What the close has left over, for a person to read: empty when nothing was.
    String leftOver() {
        return close.leftOver();
    }

    private boolean isOwnWorker() {
        IoWorker worker = IoWorker.current();
        return worker != null && worker.port() == port;
    }

    /// A context for a new connection, or `null` when there is none, or the endpoint is closing. Taken first and
    /// looked second: so a close either is seen here, or waits for this context.
    private @Nullable ConnectionContext takeContext() {
        ConnectionContext context = close.isBegun() ? null : contexts.take();
        if (context != null && close.isBegun()) {
            giveBack(context);
            contexts.discardFree();
            return null;
        }
        return context;
    }

    private void giveBack(ConnectionContext context) {
        contexts.give(context.index());
        close.released();
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
            return close.isBegun();
        }

        @Override
        public boolean isAborting() {
            return close.isAborting();
        }

        @Override
        public CloseReason closeReason() {
            return close.reason();
        }

        @Override
        public void disconnected(CloseReason reason) {
            counts.closed(reason.kind());
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
                counts.countRefused();
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
            counts.countAccepted();
        }

        @Override
        public void acceptFailed(int code) {
            counts.acceptFailed(code, resources.shortages());
        }

        @Override
        public void listenerClosed() {
            listeners.listenerClosed();
            close.released();
        }

        @Override
        public void connected(Connector connector, TcpChannel channel, IoWorker worker) throws IOException {
            ConnectionContext context = connector.context();
            InetSocketAddress local = channel.localAddress();
            open(context, channel, local, connector.remote(), connector.attachment(), worker);
            counts.countConnected();
        }

        @Override
        public void failed(Connector connector, IOException cause) {
            counts.countFailedConnect();
            try {
                handler.connectFailed(connector.remote(), connector.attachment(), cause);
            } catch (Throwable e) {
                LOG.log(System.Logger.Level.WARNING, "a handler failed in connectFailed", e);
            }
        }

        @Override
        public void over(Connector connector) {
            giveBack(connector.context());
        }

        @Override
        public void retried() {
            resources.shortages().countRefusedConnect();
        }

        private void open(
                ConnectionContext context,
                TcpChannel channel,
                InetSocketAddress local,
                InetSocketAddress remote,
                @Nullable Object attachment,
                IoWorker worker)
                throws IOException {
            counts.opening();
            try {
                context.open(channel, local, remote, attachment, worker);
            } catch (IOException e) {
                counts.notOpened();
                throw e;
            }
        }
    }
}
