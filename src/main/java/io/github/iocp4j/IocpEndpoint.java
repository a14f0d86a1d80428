package io.github.iocp4j;

import io.github.iocp4j.admission.AddressRange;
import io.github.iocp4j.admission.Admission;
import io.github.iocp4j.admission.BanList;
import io.github.iocp4j.error.WindowsException;
import io.github.iocp4j.internal.concurrent.IndexedPool;
import io.github.iocp4j.job.Job;
import io.github.iocp4j.memory.IoBuffer;
import io.github.iocp4j.net.TcpChannel;
import io.github.iocp4j.net.TcpTransport;
import io.github.iocp4j.port.CompletionPort;
import io.github.iocp4j.port.IoWorker;
import io.github.iocp4j.port.IoWorkers;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.net.SocketException;
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
    private final OpenConnections connections;
    private final Relief relief;
    private final EndpointJobs jobs;
    private final Core core = new Core();
    private final Admission admission;
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
        connections = new OpenConnections(contexts);
        relief = new Relief(contexts, port.timer(), options.timeLimits().writeStall());
        jobs = new EndpointJobs(port.host(), options.jobs(), handler, this::find);
        admission = new Admission(options.admission(), options.maxConnections(), port.timer()::nanoTime);
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
            endpoint.listeners.listen(endpoint.newAcceptor());
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

    /// Where peers may reach the endpoint: [#localAddresses], with each address of this machine, and of its
    /// family, in place of a wildcard such as `0.0.0.0`; those of the loopback interface come last. The article's
    /// `GetHostIP`; the peer's address, its `GetHostAdress`, is [Connection#remoteAddress]. Asks the system at
    /// each call, which may take some milliseconds: not for callbacks.
    ///
    /// @throws SocketException when the system does not tell
    public List<InetSocketAddress> hostAddresses() throws SocketException {
        return listeners.hostAddresses();
    }

    /// The open connection with this [Connection#id], or `null` when it has been closed, by whichever side, or
    /// there never was one: not the next connection that uses its memory. Allocates nothing.
    public @Nullable Connection find(long id) {
        return connections.find(id);
    }

    /// Closes the connection with this [Connection#id], as [Connection#close] does: the article's
    /// `DisconnectClient`. Any thread.
    ///
    /// @return whether there was one open: a stale id finds nothing
    public boolean disconnect(long id) {
        Connection connection = connections.find(id);
        if (connection != null) {
            connection.close();
        }
        return connection != null;
    }

    /// Cuts the connection with this [Connection#id], as [Connection#abort] does, also one that is closing.
    ///
    /// @return whether there was one: a stale id finds nothing
    public boolean abort(long id) {
        Connection connection = connections.findUnreleased(id);
        if (connection != null) {
            connection.abort();
        }
        return connection != null;
    }

    /// Closes all connections that are open now, as [Connection#close] does: the article's `DisconnectAll`. The
    /// endpoint goes on; one that opens meanwhile may be closed or not. Any thread; it does not wait.
    ///
    /// @return how many
    public int disconnectAll() {
        return connections.closeAll();
    }

    /// Cuts all connections that there are now, as [Connection#abort] does, closing ones too; see
    /// [#disconnectAll].
    ///
    /// @return how many
    public int abortAll() {
        return connections.abortAll(new CloseReason(CloseReason.Kind.ABORTED, null), _ -> true);
    }

    /// The bans, which may be changed at any time. A ban is for who connects from then on; [#expel] also ends the
    /// connections that there are.
    public BanList banList() {
        return admission.banList();
    }

    /// Bans a range of addresses for `time`, and cuts all connections that were accepted from it, with
    /// [CloseReason.Kind#BANNED], one that is just being accepted included.
    ///
    /// @return how many were cut; they are cut also when the ban list is full, which [BanList#refused] tells
    /// @throws IllegalArgumentException when the time is not above zero
    public int expel(AddressRange range, Duration time) {
        boolean _ = banList().ban(range, time);
        CloseReason reason = new CloseReason(CloseReason.Kind.BANNED, null);
        return connections.abortAll(
                reason,
                each -> each.isAccepted() && range.contains(each.remoteAddress().getAddress()));
    }

    /// Sends the data of `buffer`, its first [IoBuffer#used] bytes, as one frame to each open connection: the
    /// article's `ASendToAll`. With [EndpointOptions#slowPeers] for those that have no room.
    ///
    /// The memory is shared by all, as by [Connection#send(IoBuffer)]: they must stay as they are, so fill
    /// another buffer for the next broadcast. The caller's reference stays the caller's. Each connection is
    /// charged with the buffer, so that a broadcast is bounded by [EndpointOptions#sendBudgetBytes] too. A
    /// connection whose [EndpointHandler#connected] has not been called yet, or that opens or closes meanwhile,
    /// gets it or not, and none gets it twice. Any thread, also a callback; it does not wait, nor allocate for
    /// each connection.
    ///
    /// @throws IllegalStateException when the buffer was released
    /// @throws IllegalArgumentException when it is longer than [EndpointOptions#maxFrameBytes]
    public Broadcast broadcast(IoBuffer buffer) {
        return broadcast(buffer, options.slowPeers());
    }

    /// As [#broadcast(IoBuffer)], with another policy.
    ///
    /// @throws IllegalStateException when the buffer was released
    /// @throws IllegalArgumentException when it is longer than [EndpointOptions#maxFrameBytes]
    public Broadcast broadcast(IoBuffer buffer, SlowPeers slowPeers) {
        buffer.retain();
        try {
            return connections.broadcast(buffer, 0, options.checkLength(buffer.used()), slowPeers);
        } finally {
            buffer.release();
        }
    }

    /// As [#broadcast(IoBuffer)], with a frame that was received, in its callback, or retained: the one who sent
    /// it gets it as well.
    ///
    /// @throws IllegalStateException outside the callback that the frame was given to, or after its close
    /// @throws IllegalArgumentException when it is longer than [EndpointOptions#maxFrameBytes]
    public Broadcast broadcast(Frame received) {
        IoBuffer buffer = received.buffer().retain();
        try {
            int length = options.checkLength(received.length());
            return connections.broadcast(buffer, received.offset(), length, options.slowPeers());
        } finally {
            buffer.release();
        }
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

    /// Adds a job that belongs to no connection ([Job#NO_CONNECTION]): the article's `AddJob`. See
    /// [Connection#addJob].
    ///
    /// @param data what is to be done, in whatever form the user likes
    /// @return `false` when as many jobs wait as may, or the endpoint is closing: then it will not be run
    public boolean addJob(Object data) {
        return jobs.add(data);
    }

    /// Takes the job that has waited longest out of the queue, for the caller to do: the article's `GetJob`. To
    /// [Connection#closeAfterJobs] it is over. Never waits.
    ///
    /// @return the job, or `null` when none waits
    public @Nullable Job takeJob() {
        return jobs.take();
    }

    /// Changes the number of job threads: the article's `SetWorkers`. From any thread, jobs included. With 0, jobs
    /// wait until there are threads again. Of too many threads the idle ones end at once, others after their job;
    /// nobody is interrupted.
    ///
    /// @throws IllegalArgumentException when it is not 0 to 1024
    public void jobWorkers(int count) {
        jobs.workers(count);
    }

    /// The number of job threads, as set last. Fewer are started when fewer were needed.
    public int jobWorkers() {
        return jobs.counters().workers();
    }

    /// The jobs that the close of the endpoint has not run, in their order: complete once the endpoint is closed,
    /// empty before the close. A job that ran, however it ended, is not among them.
    public List<Job> unfinishedJobs() {
        return jobs.unfinished();
    }

    /// How many connections are open now.
    public int connectionCount() {
        return counts.open();
    }

    /// What has been counted until now: exact once the endpoint is closed. It costs a look at each connection.
    public EndpointCounters counters() {
        return new EndpointCounters(
                counts.snapshot(contexts.taken(), connections.pendingIo()),
                counts.refusals(admission.banList()),
                resources.traffic(workers.packetsHandled(), port.foreignPackets()),
                resources.memory(port.operationsTaken(), port.operationsInFlight()),
                resources.fileCounts(),
                resources.shortages().snapshot(port.refusedPosts(), relief.evictions()),
                jobs.counters());
    }

    /// Closes within 4 s: see [#close(Duration)]. Windows gives a service 5 s when the system shuts down.
    @Override
    public void close() {
        close(EndpointClose.USUAL);
    }

    /// Closes within `limit`: stops accepting, lets the jobs that are queued run, for half of the time at most,
    /// closes all connections gracefully, aborts at three quarters of the time what is left, waits until the last
    /// operation is home, and frees all memory. What is not home by then, because Windows does not give it back,
    /// a callback or a job does not return, or the program retains it, keeps its memory; a warning names it.
    ///
    /// While jobs run, connections are open, and frames are delivered, but no job is added any more. Jobs that
    /// could not be begun are handed back by [#unfinishedJobs]: all of them when there are 0 job threads. One
    /// that runs too long goes on; what it sends is answered by [SendResult#CLOSED].
    ///
    /// [TimeLimits#close] holds for each connection as before. A limit of zero aborts all connections at once;
    /// below 250 ms a limit only shortens the graceful part, since to bring home what was cancelled takes as
    /// much.
    ///
    /// Idempotent, from any thread. Of several calls the one whose time is over first sets the limit, so that a
    /// later call can still hurry the close. It returns when the endpoint is closed; but from a callback or a job
    /// it only starts the close and returns. When a callback blocks longer than the limit, callbacks may still
    /// come after the return.
    ///
    /// @throws IllegalArgumentException when the limit is negative
    public void close(Duration limit) {
        if (limit.isNegative()) {
            throw new IllegalArgumentException("limit=" + limit + ": must be zero or more");
        }
        close.begin(limit);
        if (!isOwnThread()) {
            close.await();
        }
    }

    /// Waits until the endpoint is closed, by [#close] or because its port failed.
    ///
    /// @throws IllegalStateException from a callback or a job, which the close would wait for
    /// @throws UncheckedIOException when the port failed, with the cause that
    ///         [EndpointHandler#endpointFailed] was given
    public void awaitClosed() {
        if (isOwnThread()) {
            throw new IllegalStateException("awaitClosed in a callback or a job would wait for itself");
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

    private Acceptor newAcceptor() {
        return new Acceptor(admission, counts, resources.shortages(), core);
    }

    private boolean isOwnThread() {
        IoWorker worker = IoWorker.current();
        return (worker != null && worker.port() == port) || jobs.isWorker();
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
    private final class Core implements EndpointCore, Acceptor.Places, Connector.Outcome {
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
        public EndpointJobs jobs() {
            return jobs;
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
        public boolean isPortFailed() {
            return close.failure() != null;
        }

        @Override
        public CloseReason closeReason() {
            return close.reason();
        }

        @Override
        public void disconnected(Connection connection, CloseReason reason) {
            counts.closed(reason.kind());
            if (connection.isAccepted()) {
                admission.left(connection.remoteAddress());
                switch (reason.kind()) {
                    case FRAME_TOO_LONG, FRAME_INVALID ->
                        admission.malformed(connection.remoteAddress().getAddress());
                    default -> {}
                }
            }
        }

        @Override
        public boolean isBanned(Connection accepted) {
            return admission.banList().isBanned(accepted.remoteAddress().getAddress());
        }

        @Override
        public void released(ConnectionContext context) {
            giveBack(context);
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
            open(context, channel, new Origin(local, connector.remote(), false, connector.attachment()), null, worker);
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

        @Override
        public @Nullable ConnectionContext take() {
            return takeContext();
        }

        @Override
        public @Nullable IoBuffer takeBuffer() {
            return resources.receivePool().take(options.bufferBytes());
        }

        @Override
        public void giveBack(ConnectionContext unused) {
            IocpEndpoint.this.giveBack(unused);
        }

        @Override
        public void open(
                ConnectionContext context, TcpChannel channel, Origin origin, @Nullable IoBuffer early, IoWorker worker)
                throws IOException {
            counts.opening();
            try {
                context.open(channel, origin, early, worker);
            } catch (IOException e) {
                counts.notOpened();
                throw e;
            }
        }
    }
}
