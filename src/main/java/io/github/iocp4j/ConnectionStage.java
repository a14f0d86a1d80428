package io.github.iocp4j;

import io.github.iocp4j.error.WinsockException;
import io.github.iocp4j.memory.IoBuffer;
import io.github.iocp4j.net.TcpChannel;
import io.github.iocp4j.port.IoWorker;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/// The life of a connection, step by step, as the holder of its turn sees it: callbacks in their order, and the
/// ways to an end.
///
/// ```text
/// ALLOCATED -> OPEN -> FLUSHING -> LINGERING -> ENDING -> CLOSED     a graceful close
///                  \-> FAILING  ------------/      a send failed: what has arrived is still delivered
///                   \----------------------/       a reset, an abort
/// ```
final class ConnectionStage {
    private enum Phase {
        /// Nobody has been told of the connection.
        ALLOCATED,
        /// Frames come and go.
        OPEN,
        /// A send has failed. Reads are cancelled; what they brought before is delivered.
        FAILING,
        /// Closing: what was sent before goes out, what comes in is thrown away.
        FLUSHING,
        /// Closing: our end of the stream is sent, the peer's is awaited.
        LINGERING,
        /// The socket is closed; files that were on their way are closed too.
        ENDING,
        /// `disconnected` has been called; operations come home.
        CLOSED
    }

    private static final int WSAECONNABORTED = 10053;
    private static final System.Logger LOG = System.getLogger(IocpEndpoint.class.getName());

    /// How much input a closing connection throws away, and a failing one delivers, before it is cut, in bytes.
    private static final long LINGER_BYTES = 16L << 20;

    /// How many posted packets are delivered before others have their turn.
    private static final int PACKETS_AT_ONCE = 16;

    private final ConnectionContext context;
    private final EndpointCore endpoint;
    private final EndpointHandler handler;
    private final Receiver receiver;
    private final SendMarks sendMarks;
    private final Sender sender;
    private final FrameDelivery frames;
    private final Runnable writable;
    private final Runnable inputEnd;
    private final Runnable idle;
    private final PostedPackets posted;
    private final Deadlines deadlines;
    private final IdleWatch idleWatch;
    private final @Nullable ConnectionFiles files;
    private final PeerWatch firstData;
    private Phase phase = Phase.CLOSED;
    private boolean inputEnded;
    private boolean releaseOwed;
    private long lateBytes;
    private int chunksLeft;
    private int packetsLeft;

    /// From the call of `connected` to the end.
    private volatile boolean announced;

    private boolean isIdle;

    /// What came with the connection, until it is delivered.
    private @Nullable IoBuffer early;

    /// Whether the close began when an answer of the peer's to a file of ours was still to come. Decided once:
    /// otherwise what has arrived is dropped then, and the stream can't be taken up again.
    private boolean readsAnswers;

    private @Nullable Connection connection;
    private @Nullable TcpChannel channel;

    ConnectionStage(ConnectionContext context, EndpointCore endpoint, Receiver receiver) {
        this.context = context;
        this.endpoint = endpoint;
        this.receiver = receiver;
        sendMarks = context.sendMarks();
        sender = context.sender();
        handler = endpoint.handler();
        // Made once: a lambda at each call would be an allocation.
        writable = () -> handler.writable(current());
        inputEnd = () -> handler.inputEnded(current());
        idle = () -> handler.idle(current());
        posted = context.posted();
        deadlines = context.deadlines();
        files = context.files();
        frames = new FrameDelivery(context, endpoint);
        firstData = new PeerWatch(
                deadlines, Deadlines.FIRST_DATA, endpoint.options().admission().firstDataTimeout());
        idleWatch = new IdleWatch(deadlines, endpoint.options().timeLimits().idle());
    }

    void open(Connection fresh, TcpChannel connected, @Nullable IoBuffer first) {
        early = first;
        connection = fresh;
        channel = connected;
        phase = Phase.ALLOCATED;
        inputEnded = false;
        releaseOwed = false;
        lateBytes = 0;
        isIdle = false;
        announced = false;
        readsAnswers = false;
    }

    /// What a close by the user is called: for one inside `inputEnded` or `idle` the reason for that, elsewhere
    /// a hint.
    CloseReason.Kind kindOfClose() {
        if (inputEnded) {
            return CloseReason.Kind.PEER_CLOSED;
        }
        return isIdle ? CloseReason.Kind.IDLE : CloseReason.Kind.CLOSED;
    }

    /// The burden of the unfinished frame: [FrameDelivery#burden]. Any thread.
    double frameBurden(long now) {
        return frames.burden(now);
    }

    /// Whether the handler has been told of the connection. Any thread.
    boolean isAnnounced() {
        return announced;
    }

    /// Somebody has got the turn.
    void beginTurn() {
        chunksLeft = IoWorker.INLINE_LIMIT;
        packetsLeft = PACKETS_AT_ONCE;
        frames.beginTurn();
    }

    /// Makes one step.
    ///
    /// @return whether there may be another one to make
    boolean advance(IoWorker worker) {
        if (isAlive() && phase != Phase.ALLOCATED && context.isAbortRequested()) {
            return finish(worker, true);
        }
        if (files != null && phase != Phase.ALLOCATED && phase != Phase.CLOSED && files.advance(current(), worker)) {
            return true;
        }
        if (isAlive() && phase != Phase.ALLOCATED && deliverPosted(worker)) {
            return true;
        }
        return switch (phase) {
            case ALLOCATED -> begin(worker);
            case OPEN -> advanceOpen(worker);
            case FAILING -> advanceFailing(worker);
            case FLUSHING, LINGERING -> advanceClosing(worker);
            case ENDING -> tellEnd(worker);
            case CLOSED -> false;
        };
    }

    /// A time that was waited for has come.
    void alarmRang(IoWorker worker) {
        if (!isAlive()) {
            return;
        }
        long now = deadlines.nanoTime();
        receiver.resume(now);
        frames.resume(now);
        sendMarks.resume(now);
        if (sender.resume(now)) {
            boolean _ = context.requestSends(worker);
        }
        if (files != null) {
            files.alarmRang(now);
        }
        if (deadlines.take(Deadlines.CLOSE, now)) {
            finish(worker, true);
            return;
        }
        checkLimits(now, phase == Phase.OPEN);
        deadlines.renew();
        context.requestReads(worker);
    }

    /// @param isOpen whether anybody cares still; a time that has come is taken in any case, or it would come
    /// again
    private void checkLimits(long now, boolean isOpen) {
        if (deadlines.take(Deadlines.STALL, now) && isOpen && sender.isStalled(now)) {
            context.cut(CloseReason.Kind.WRITE_STALLED);
        }
        if (deadlines.take(Deadlines.FRAME, now)
                && isOpen
                && frames.unfinished().isOver(now)) {
            context.cut(CloseReason.Kind.FRAME_TIMEOUT);
        }
        if (deadlines.isSet(Deadlines.READ)) {
            // Data may be there, but no memory for it.
            holdUp();
        }
        if (deadlines.take(Deadlines.FIRST_DATA, now) && isOpen && firstData.isOver(now)) {
            context.cut(CloseReason.Kind.NEVER_SENT);
        }
        if (deadlines.take(Deadlines.IDLE, now) && isOpen) {
            isIdle = idleWatch.isOver(now) && context.closeReason() == null;
        }
    }

    /// Bytes have come or gone. Any worker.
    void noteActivity() {
        idleWatch.note();
    }

    /// The last operation is home.
    void release() {
        frames.reset();
        firstData.reset();
        if (early != null) {
            early.release();
            early = null;
        }
        Connection ended = current();
        if (releaseOwed) {
            releaseOwed = false;
            guarded(() -> handler.connectionReleased(ended));
        }
        connection = null;
        channel = null;
    }

    private boolean begin(IoWorker worker) {
        Connection fresh = current();
        releaseOwed = true;
        phase = Phase.OPEN;
        try {
            handler.connectionAllocated(fresh);
            announced = true;
            handler.connected(fresh);
            frames.begin();
        } catch (Throwable e) {
            context.handlerFailed(e);
            return true;
        }
        idleWatch.begin();
        if (fresh.isAccepted() && early == null) {
            // Of one that this side has made, it is this side that speaks first.
            firstData.begin();
        }
        context.requestReads(worker);
        return true;
    }

    private boolean advanceOpen(IoWorker worker) {
        if (context.closeReason() != null) {
            return beginClose(worker);
        }
        if (sender.failure() != 0) {
            return beginFailing(worker);
        }
        if (sendMarks.takeWritable()) {
            context.call(writable);
            return true;
        }
        if (isIdle) {
            context.call(idle);
            isIdle = false;
            return true;
        }
        // Above the mark nothing is delivered: the send that brings the queue down asks for the turn again.
        if (isHeld() || (sendMarks.isAbove() && !mustRead()) || holdsReading()) {
            holdUp();
            return false;
        }
        return deliver(worker);
    }

    /// This side stops reading for now: the time for what the peer owes stands still.
    private void holdUp() {
        frames.unfinished().holdUp();
        firstData.holdUp();
        if (files != null) {
            files.silence().holdUp();
        }
    }

    /// This side reads again.
    private void goOn() {
        frames.unfinished().goOn();
        firstData.goOn();
        if (files != null) {
            files.silence().goOn();
        }
    }

    /// Whether the program wants nothing now. The bytes of a file that it has accepted are no frames to be asked
    /// for.
    private boolean isHeld() {
        ReadPermit permit = context.readPermit();
        return permit.isPaused() || (permit.isHeld() && !(files != null && files.takesBytes()));
    }

    private boolean mustRead() {
        return files != null && files.mustRead();
    }

    private boolean holdsReading() {
        return files != null && files.holdsReading();
    }

    /// Whether the socket is open.
    private boolean isAlive() {
        return phase != Phase.ENDING && phase != Phase.CLOSED;
    }

    /// Delivers the next packet that the program has posted.
    ///
    /// @return whether there was one
    private boolean deliverPosted(IoWorker worker) {
        if (!posted.hasNext()) {
            return false;
        }
        if (packetsLeft <= 0) {
            context.request(ConnectionContext.TURN);
            return false;
        }
        packetsLeft--;
        Object packet = Objects.requireNonNull(posted.poll());
        context.state(worker).packetsPosted++;
        try {
            handler.packetPosted(current(), packet);
        } catch (Throwable e) {
            context.handlerFailed(e);
        }
        context.exitIoNotLast();
        return true;
    }

    /// Delivers what was posted before the end.
    private void deliverLastPosted(IoWorker worker) {
        Connection ended = current();
        for (Object packet = posted.pollLast(); packet != null; packet = posted.pollLast()) {
            Object last = packet;
            context.state(worker).packetsPosted++;
            guarded(() -> handler.packetPosted(ended, last));
            context.exitIoNotLast();
        }
    }

    /// Delivers the next frame, or takes what has arrived next.
    private boolean deliver(IoWorker worker) {
        if (frames.hasChunk()) {
            return frames.deliverNext(current(), worker);
        }
        if (inputEnded || !mayPoll()) {
            return false;
        }
        goOn();
        if (takeEarly(worker)) {
            return true;
        }
        int arrived = receiver.poll(worker);
        if (arrived == Receiver.NOTHING) {
            if (files != null) {
                files.nothingArrived();
            }
            return false;
        }
        chunksLeft--;
        firstData.end();
        if (arrived > 0) {
            takeReceived(arrived, worker);
        } else if (arrived == 0) {
            endInput();
            context.call(inputEnd);
        } else {
            fail("WSARecv", -arrived, true);
        }
        return true;
    }

    /// Takes what came with the connection, before anything else.
    private boolean takeEarly(IoWorker worker) {
        IoBuffer first = early;
        if (first == null) {
            return false;
        }
        early = null;
        takeReceived(first, first.used(), worker);
        return true;
    }

    /// Takes a buffer that has been received. All of them pass here, and only here, in the order of the stream:
    /// this is the place for a two-way stage between the connection and its framing, such as TLS. Its other side
    /// is [SendNode#addTo].
    private void takeReceived(int bytes, IoWorker worker) {
        takeReceived(receiver.takeBuffer(), bytes, worker);
    }

    private void takeReceived(IoBuffer buffer, int bytes, IoWorker worker) {
        context.countReceived(bytes, worker);
        if (phase != Phase.OPEN) {
            lateBytes += bytes;
        }
        if (phase == Phase.OPEN || phase == Phase.FAILING || awaitsAnswer()) {
            frames.feed(buffer, bytes);
        } else {
            buffer.release();
        }
    }

    /// A connection that is flooded keeps its worker for so many buffers only, and then queues up again.
    private boolean mayPoll() {
        if (chunksLeft > 0) {
            return true;
        }
        context.request(ConnectionContext.TURN);
        return false;
    }

    private boolean beginClose(IoWorker worker) {
        beginEnd(Phase.FLUSHING);
        frames.close();
        if (files != null) {
            files.closing();
            readsAnswers = files.awaitsAnswer();
        }
        if (!awaitsAnswer()) {
            // A chunk with more frames in it stood in the way of the next read.
            frames.drop();
        }
        context.requestReads(worker);
        return true;
    }

    private boolean beginFailing(IoWorker worker) {
        beginEnd(Phase.FAILING);
        fail("WSASend", sender.failure(), false);
        sender.drop(worker);
        receiver.stop();
        channel().cancel();
        return true;
    }

    /// From here on the connection lasts no longer than a close may.
    private void beginEnd(Phase ending) {
        phase = ending;
        deadlines.set(Deadlines.CLOSE, endpoint.options().timeLimits().close().toNanos());
    }

    private boolean advanceFailing(IoWorker worker) {
        boolean enough = lateBytes > LINGER_BYTES;
        if (!enough && holdsReading()) {
            return false;
        }
        if (!enough && deliver(worker)) {
            return true;
        }
        boolean drained = inputEnded || (receiver.isDrained() && early == null && !frames.hasChunk());
        return (enough || drained) && finish(worker, true);
    }

    private boolean advanceClosing(IoWorker worker) {
        if (frames.hasChunk()) {
            return readAnswer(worker);
        }
        if (!inputEnded && discard(worker)) {
            return true;
        }
        if (sender.failure() != 0) {
            return finish(worker, true);
        }
        if (phase == Phase.FLUSHING && isAllSent()) {
            channel().shutdownOutput();
            phase = Phase.LINGERING;
        }
        return phase == Phase.LINGERING && inputEnded && finish(worker, false);
    }

    /// Whether nothing is queued, nothing is in flight, and no file is on its way out.
    private boolean isAllSent() {
        return sendMarks.isEmpty() && !sender.isInFlight() && (files == null || !files.isSending());
    }

    /// Whether the peer's word on a file of ours decides on what can still be sent.
    private boolean awaitsAnswer() {
        return readsAnswers && files != null && files.awaitsAnswer();
    }

    /// Looks for that word in what has arrived.
    private boolean readAnswer(IoWorker worker) {
        if (awaitsAnswer()) {
            return !holdsReading() && frames.deliverNext(current(), worker);
        }
        frames.drop();
        context.requestReads(worker);
        return true;
    }

    /// Throws away what has arrived.
    ///
    /// @return whether there may be more to throw away
    private boolean discard(IoWorker worker) {
        if (!mayPoll()) {
            return false;
        }
        int arrived = receiver.poll(worker);
        if (arrived == Receiver.NOTHING) {
            return false;
        }
        chunksLeft--;
        if (arrived == 0) {
            endInput();
        } else if (arrived < 0) {
            finish(worker, true);
        } else {
            takeReceived(arrived, worker);
            if (lateBytes > LINGER_BYTES) {
                return finish(worker, true);
            }
            context.requestReads(worker);
        }
        return true;
    }

    private void endInput() {
        inputEnded = true;
        if (files != null) {
            files.inputEnded();
        }
    }

    /// Closes the socket. When no file is on its way any more, the handler is told.
    private boolean finish(IoWorker worker, boolean abortive) {
        if (!isAlive()) {
            return false;
        }
        phase = Phase.ENDING;
        announced = false;
        receiver.stop();
        frames.drop();
        if (abortive) {
            channel().abort();
        } else {
            channel().close();
        }
        sender.drop(worker);
        deadlines.close();
        if (files != null) {
            files.connectionEnded(reason().cause());
        }
        return true;
    }

    /// Tells the handler of the end, and gives back the count of the open socket.
    private boolean tellEnd(IoWorker worker) {
        if (files != null && endpoint.isPortFailed()) {
            files.abandon(current(), reason().cause());
        }
        if (files != null && !files.isOver()) {
            return false;
        }
        phase = Phase.CLOSED;
        CloseReason reason = reason();
        deliverLastPosted(worker);
        Connection ended = current();
        endpoint.disconnected(ended, reason);
        guarded(() -> handler.disconnected(ended, reason));
        context.exitIoNotLast();
        return false;
    }

    private CloseReason reason() {
        CloseReason reason = context.closeReason();
        if (reason == null) {
            throw new AssertionError("a connection ends for a reason");
        }
        return reason;
    }

    private void fail(String callName, int code, boolean abortive) {
        boolean reset = code == TcpChannel.RESET || code == WSAECONNABORTED;
        CloseReason.Kind kind = reset ? CloseReason.Kind.RESET : CloseReason.Kind.FAILED;
        context.requestClose(new CloseReason(kind, new WinsockException(callName, code)), abortive);
    }

    /// Runs one of the last callbacks: there is nothing left to close when it fails.
    private static void guarded(Runnable callback) {
        try {
            callback.run();
        } catch (Throwable e) {
            LOG.log(System.Logger.Level.WARNING, "a handler failed in one of the last callbacks of a connection", e);
        }
    }

    private Connection current() {
        Connection open = connection;
        if (open == null) {
            throw new AssertionError("a context with a count has a connection");
        }
        return open;
    }

    private TcpChannel channel() {
        TcpChannel open = channel;
        if (open == null) {
            throw new AssertionError("a context with a count has a channel");
        }
        return open;
    }
}
