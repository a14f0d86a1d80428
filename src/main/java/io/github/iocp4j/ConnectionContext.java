package io.github.iocp4j;

import io.github.iocp4j.error.WinsockException;
import io.github.iocp4j.internal.concurrent.Claim;
import io.github.iocp4j.memory.IoBuffer;
import io.github.iocp4j.net.TcpChannel;
import io.github.iocp4j.port.CompletionPort;
import io.github.iocp4j.port.IoWorker;
import java.io.IOException;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/// What is dear about a connection, pooled and used by one connection after another: the article's
/// `ClientContext`.
///
/// It joins the parts of a connection, each with a job of its own: the pending-I/O count keeps it alive, the
/// wake-up packet brings requests of other threads to an I/O worker, the receiver and the send queue make the
/// overlapped calls, and whoever holds the turn runs the [ConnectionStage]: one callback after another. Every
/// entrance is a packet: of a read, of a send, or the wake-up packet; the worker that handles it holds the
/// count of its operation, does what has become possible, and gives the count back.
final class ConnectionContext {
    /// Requests to whoever takes the wake-up packet: look for something to do in the turn; make reads; make
    /// sends.
    static final int TURN = 1;

    static final int READ = 1 << 1;
    static final int SEND = 1 << 2;

    private final EndpointCore endpoint;
    private final int index;
    private final CompletionPort port;
    private final EndpointOptions options;
    private final EndpointResources resources;
    private final PendingIoCount count = new PendingIoCount();
    private final Claim turn = new Claim();
    private final WakeUp wakeUp;
    private final SendMarks sendMarks;
    private final Sender sender;
    private final SendQueue sendQueue;
    private final Receiver receiver;
    private final ConnectionStage stage;
    private final AtomicReference<@Nullable CloseReason> closeReason = new AtomicReference<>();
    private final Deadlines deadlines;
    private final @Nullable ConnectionFiles files;
    private volatile boolean abortRequested;
    private final ReadPermit readPermit = new ReadPermit();
    private final PostedPackets posted = new PostedPackets();
    private volatile @Nullable Connection connection;
    private @Nullable TcpChannel channel;

    /// The worker that holds the turn; compared only with the calling thread's own, so that a stale value does
    /// no harm.
    private @Nullable IoWorker holder;

    ConnectionContext(EndpointCore endpoint, int index) {
        this.endpoint = endpoint;
        this.index = index;
        port = endpoint.port();
        options = endpoint.options();
        resources = endpoint.resources();
        deadlines = new Deadlines(this, port.timer());
        wakeUp = new WakeUp(this, port);
        NodeShare nodes = new NodeShare(resources.sendNodes(), resources.sendBudget());
        sendMarks = new SendMarks(this, endpoint, nodes);
        sender = new Sender(this, endpoint, nodes, sendMarks);
        sendQueue = new SendQueue(this, endpoint, nodes, sendMarks, sender);
        receiver = options.readMode() == ReadMode.PENDING
                ? new SparingReads(this, options, port)
                : new ZeroByteReads(this, new MemoryRetry(deadlines, Deadlines.READ), options, port);
        FileService service = resources.files();
        files = service == null ? null : new ConnectionFiles(this, endpoint, service);
        stage = new ConnectionStage(this, endpoint, receiver);
    }

    int index() {
        return index;
    }

    /// Begins with a connected channel, on an I/O worker. From here on the connection lives by itself.
    ///
    /// @param early what has come already; it is released here, unless this throws
    /// @throws IOException when the channel can't be made ready; then nothing has begun, and the caller closes
    /// it
    void open(TcpChannel connected, Origin origin, @Nullable IoBuffer early, IoWorker worker) throws IOException {
        connected.apply(options.tcp());
        int code = connected.setNonBlocking();
        if (code != 0) {
            throw new WinsockException("ioctlsocket(FIONBIO)", code);
        }
        int generation = endpoint.nextGeneration();
        closeReason.set(null);
        abortRequested = false;
        readPermit.open(options.automaticReading());
        deadlines.open();
        channel = connected;
        receiver.open(connected);
        Connection fresh = new Connection(this, generation, origin);
        stage.open(fresh, connected, early);
        connection = fresh;
        // The first count is the open socket's, the second this thread's.
        count.begin(generation);
        count.enter();
        if (endpoint.isClosing()) {
            requestClose(endpoint.closeReason(), endpoint.isAborting());
        } else if (origin.accepted() && endpoint.isBanned(fresh)) {
            // Whoever bans and then ends what there is may have looked too early to see this one.
            cut(CloseReason.Kind.BANNED);
        }
        runTurn(worker);
        exitIo(worker);
    }

    // The pending-I/O count.

    /// Counts one more: only for who holds a count.
    void enterIo() {
        count.enter();
    }

    /// Counts one less, on an I/O worker; with the last one the context is released.
    void exitIo(IoWorker worker) {
        if (count.exit()) {
            release();
        }
    }

    /// Counts one less for who knows that another one is held.
    void exitIoNotLast() {
        if (count.exit()) {
            throw new AssertionError("whoever holds the turn or a claim holds a count");
        }
    }

    /// Counts one more, from any thread, if this generation is alive. Ended by [#exitFromOutside] or [#sent].
    boolean tryEnter(int generation) {
        return count.tryEnter(generation);
    }

    /// Counts one less inside a user's call or on another thread. The release of a context is for an I/O
    /// worker, outside of all calls of the user: so the last count passes to the wake-up packet.
    void exitFromOutside() {
        boolean gone;
        do {
            gone = count.exitUnlessLast() || wakeUp.takeOver(TURN);
        } while (!gone);
    }

    int pendingIo() {
        return count.count();
    }

    // Requests.

    /// Asks for something to be done by whoever takes the wake-up packet. Whoever calls holds a count.
    void request(int what) {
        wakeUp.request(what);
    }

    /// Has this generation looked at again, from any thread.
    void requestTurn(int generation) {
        if (tryEnter(generation)) {
            request(TURN);
            exitFromOutside();
        }
    }

    /// The wake-up packet has come.
    void awake(int requests, IoWorker worker) {
        if ((requests & READ) != 0) {
            receiver.submit(worker);
        }
        if ((requests & SEND) != 0) {
            sender.submit(worker);
        }
        runTurn(worker);
        exitIo(worker);
    }

    /// Makes the reads that are due, or has them made. Only the holder of the turn calls this, which looks once
    /// more when something has arrived meanwhile.
    void requestReads(IoWorker worker) {
        if (options.dispatch() == Dispatch.POSTED) {
            request(READ);
        } else if (receiver.submit(worker)) {
            turn.enter();
        }
    }

    /// Makes the sends that wait, or has them made.
    ///
    /// @return whether something has changed that the holder of the turn wants to know
    boolean requestSends(IoWorker worker) {
        if (options.dispatch() == Dispatch.POSTED) {
            request(SEND);
            return false;
        }
        return sender.submit(worker);
    }

    /// Ends a user's call of send, in which [#tryEnter] was successful.
    void sent(SendResult result) {
        if (result == SendResult.QUEUED || result == SendResult.ABOVE_MARK) {
            IoWorker worker = ownWorker();
            resources.countSentFrame(worker);
            if (worker == null) {
                request(SEND);
            } else if (requestSends(worker) && holder != worker) {
                // Callbacks of a connection never run inside a call that the user made.
                request(TURN);
            }
        }
        exitFromOutside();
    }

    private @Nullable IoWorker ownWorker() {
        IoWorker worker = IoWorker.current();
        return worker != null && worker.port() == port ? worker : null;
    }

    void close(int generation) {
        if (tryEnter(generation)) {
            requestClose(new CloseReason(stage.kindOfClose(), null), false);
            exitFromOutside();
        }
    }

    /// Asks for a close of this generation, from any thread.
    void requestClose(int generation, CloseReason reason, boolean abortive) {
        if (tryEnter(generation)) {
            requestClose(reason, abortive);
            exitFromOutside();
        }
    }

    /// Asks for a close; the first reason stays. Whoever calls holds a count.
    void requestClose(CloseReason reason, boolean abortive) {
        boolean first = closeReason.compareAndSet(null, reason);
        if (abortive) {
            abortRequested = true;
        }
        if (first || abortive) {
            requestTurnUnlessHeld();
        }
    }

    /// Closes the socket of this generation at once, whoever holds the turn, and asks for the rest of the end.
    void abort(int generation, CloseReason reason) {
        if (tryEnter(generation)) {
            requestClose(reason, true);
            channel().abort();
            exitFromOutside();
        }
    }

    /// Ends this generation on the spot: for an I/O worker outside of all calls of the user, when packets come no
    /// more. Another one that holds the turn does it when it leaves its callback.
    void endNow(int generation, CloseReason reason, IoWorker worker) {
        if (tryEnter(generation)) {
            closeReason.compareAndSet(null, reason);
            abortRequested = true;
            // First, so that nothing more is submitted.
            channel().abort();
            runTurn(worker);
            exitIo(worker);
        }
    }

    /// Closes by a reset, for a reason of our own.
    void cut(CloseReason.Kind kind) {
        requestClose(new CloseReason(kind, null), true);
    }

    /// Runs a callback of the user's. What it throws ends the connection.
    void call(Runnable callback) {
        try {
            callback.run();
        } catch (Throwable e) {
            handlerFailed(e);
        }
    }

    void handlerFailed(Throwable cause) {
        requestClose(new CloseReason(CloseReason.Kind.HANDLER_FAILED, cause), true);
    }

    @Nullable
    CloseReason closeReason() {
        return closeReason.get();
    }

    boolean isAbortRequested() {
        return abortRequested;
    }

    /// Whether nothing more may be sent. Who adds to the queue looks here after it has charged the queue, and
    /// who closes looks at the queue after this is set: so one of the two sees the other.
    boolean isOutputClosed() {
        return closeReason.get() != null;
    }

    boolean isOpen(int generation) {
        return count.generation() == generation && count.count() > 0 && closeReason.get() == null;
    }

    // The turn.

    /// Does whatever is possible now, one callback after another, unless another worker is at it, who then
    /// looks once more. Only from the handling of a packet, never inside a call of the user; the caller holds a
    /// count.
    void runTurn(IoWorker worker) {
        if (!turn.enter()) {
            return;
        }
        stage.beginTurn();
        do {
            holder = worker;
            if (deadlines.takeRung()) {
                stage.alarmRang(worker);
            }
            while (stage.advance(worker)) {}
            holder = null;
        } while (!turn.leave());
    }

    /// Whether `caller`, the calling thread, holds the turn: then it runs a callback of this connection.
    boolean isHeldBy(IoWorker caller) {
        return holder == caller;
    }

    // What others of the endpoint look at, and ask for.

    /// The burden of the unfinished frame: [FrameDelivery#burden].
    double frameBurden(long now) {
        return stage.frameBurden(now);
    }

    /// For how long the peer has taken nothing of what is in flight, in nanoseconds; 0 when nothing is.
    double stalledNanos(long now) {
        return sender.stalledNanos(now);
    }

    /// Asks the connection, if there is one, to give up the pages that its pending reads lock.
    ///
    /// @return whether it had any
    boolean spareReads() {
        Connection open = connection;
        if (open == null || !tryEnter(open.generation())) {
            return false;
        }
        boolean had = receiver.spare();
        exitFromOutside();
        return had;
    }

    /// Windows has refused pages: those that wait for silent peers are freed, this connection's first.
    void relieve() {
        if (!receiver.spare()) {
            endpoint.relief().spareReads();
        }
    }

    void setPaused(int generation, boolean pause) {
        if (tryEnter(generation)) {
            readPermit.setPaused(pause);
            // Also of a pause the stage has to know: from here on an unfinished frame does not wait for the peer.
            request(TURN);
            exitFromOutside();
        }
    }

    void setAutomaticReading(int generation, boolean on) {
        if (tryEnter(generation)) {
            readPermit.setAutomatic(on);
            request(TURN);
            exitFromOutside();
        }
    }

    void read(int generation, int frames) {
        if (tryEnter(generation)) {
            readPermit.ask(frames);
            requestTurnUnlessHeld();
            exitFromOutside();
        }
    }

    ReadPermit readPermit() {
        return readPermit;
    }

    /// Takes a packet of the user's, which holds a count until it is delivered.
    ///
    /// @return whether it was taken
    boolean post(int generation, Object packet) {
        if (!tryEnter(generation)) {
            return false;
        }
        boolean closed = isOutputClosed();
        count.enter();
        boolean taken = !closed && posted.offer(packet);
        if (taken) {
            requestTurnUnlessHeld();
        } else {
            exitIoNotLast();
        }
        if (!taken && !closed) {
            resources.countRefusedPacket();
        }
        exitFromOutside();
        return taken;
    }

    PostedPackets posted() {
        return posted;
    }

    /// Who runs a callback of this connection looks once more when that has returned.
    private void requestTurnUnlessHeld() {
        IoWorker worker = IoWorker.current();
        if (worker == null || holder != worker) {
            request(TURN);
        }
    }

    /// Whether the handler has been told of the connection.
    boolean isAnnounced() {
        return stage.isAnnounced();
    }

    boolean isReleased(int generation) {
        return count.generation() != generation || count.count() == 0;
    }

    // Bytes.

    void countReceived(int bytes, IoWorker worker) {
        state(worker).bytesReceived += bytes;
        stage.noteActivity();
    }

    void countSent(int bytes, IoWorker worker) {
        state(worker).bytesSent += bytes;
        stage.noteActivity();
    }

    // The parts.

    WorkerState state(IoWorker worker) {
        return resources.state(worker);
    }

    Sender sender() {
        return sender;
    }

    SendMarks sendMarks() {
        return sendMarks;
    }

    SendQueue sendQueue() {
        return sendQueue;
    }

    Deadlines deadlines() {
        return deadlines;
    }

    /// The files on their way, or `null` where file transfer is switched off.
    @Nullable
    ConnectionFiles files() {
        return files;
    }

    EndpointResources resources() {
        return resources;
    }

    EndpointJobs jobs() {
        return endpoint.jobs();
    }

    TcpChannel channel() {
        TcpChannel open = channel;
        if (open == null) {
            throw new AssertionError("a context with a count has a channel");
        }
        return open;
    }

    @Nullable
    Connection connection() {
        return connection;
    }

    int checkLength(long length) {
        return options.checkLength(length);
    }

    /// Gives the operations back: when the context leaves its pool for good.
    void giveBackOperations() {
        wakeUp.giveBackOperation();
        sender.giveBackOperations();
        receiver.giveBackOperations();
    }

    WakeUp wakeUp() {
        return wakeUp;
    }

    /// The last operation is home. Nobody can enter any more, so all this is one thread's.
    private void release() {
        stage.release();
        posted.reset();
        receiver.reset();
        sender.reset();
        sendMarks.reset();
        if (files != null) {
            files.reset();
        }
        connection = null;
        channel = null;
        deadlines.clear();
        endpoint.released(this);
    }
}
