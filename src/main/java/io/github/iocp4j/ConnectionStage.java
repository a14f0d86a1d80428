package io.github.iocp4j;

import io.github.iocp4j.error.WinsockException;
import io.github.iocp4j.memory.IoBuffer;
import io.github.iocp4j.net.TcpChannel;
import io.github.iocp4j.port.IoWorker;
import org.jspecify.annotations.Nullable;

/// The life of a connection, step by step, as the holder of its turn sees it: callbacks in their order, and the
/// ways to an end.
///
/// ```text
/// ALLOCATED -> OPEN -> FLUSHING -> LINGERING -> CLOSED     a graceful close
///                  \-> FAILING  ------------/              a send failed: what has arrived is still delivered
///                   \----------------------/               a reset, an abort
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
        /// The socket is closed and `disconnected` called; operations come home.
        CLOSED
    }

    private static final int WSAECONNABORTED = 10053;
    private static final System.Logger LOG = System.getLogger(IocpEndpoint.class.getName());

    /// How much input a closing connection throws away, and a failing one delivers, before it is cut, in bytes.
    private static final long LINGER_BYTES = 16L << 20;

    private final ConnectionContext context;
    private final EndpointCore endpoint;
    private final EndpointHandler handler;
    private final Receiver receiver;
    private final SendQueue sendQueue;
    private final FrameDelivery frames;
    private final Runnable writable;
    private final Runnable inputEnd;
    private final Runnable idle;
    private final Deadlines deadlines;
    private final IdleWatch idleWatch;
    private Phase phase = Phase.CLOSED;
    private boolean inputEnded;
    private boolean releaseOwed;
    private long lateBytes;
    private int chunksLeft;
    private boolean isIdle;
    private @Nullable Connection connection;
    private @Nullable TcpChannel channel;

    ConnectionStage(ConnectionContext context, EndpointCore endpoint, Receiver receiver, SendQueue sendQueue) {
        this.context = context;
        this.endpoint = endpoint;
        this.receiver = receiver;
        this.sendQueue = sendQueue;
        handler = endpoint.handler();
        // Made once: a lambda at each call would be an allocation.
        writable = () -> handler.writable(current());
        inputEnd = () -> handler.inputEnded(current());
        idle = () -> handler.idle(current());
        deadlines = context.deadlines();
        frames = new FrameDelivery(context, endpoint, sendQueue);
        idleWatch = new IdleWatch(deadlines, endpoint.options().timeLimits().idle());
    }

    void open(Connection fresh, TcpChannel connected) {
        connection = fresh;
        channel = connected;
        phase = Phase.ALLOCATED;
        inputEnded = false;
        releaseOwed = false;
        lateBytes = 0;
        isIdle = false;
    }

    /// What a close by the user is called: for one inside `inputEnded` or `idle` the reason for that, elsewhere
    /// a hint.
    CloseReason.Kind kindOfClose() {
        if (inputEnded) {
            return CloseReason.Kind.PEER_CLOSED;
        }
        return isIdle ? CloseReason.Kind.IDLE : CloseReason.Kind.CLOSED;
    }

    /// Since when a frame is unfinished, or [Relief#NOTHING]. Any thread.
    long frameBegunAt() {
        return frames.begunAt();
    }

    /// Somebody has got the turn.
    void beginTurn() {
        chunksLeft = IoWorker.INLINE_LIMIT;
        frames.beginTurn();
    }

    /// Makes one step.
    ///
    /// @return whether there may be another one to make
    boolean advance(IoWorker worker) {
        if (phase != Phase.CLOSED && phase != Phase.ALLOCATED && context.isAbortRequested()) {
            return finish(worker, true);
        }
        return switch (phase) {
            case ALLOCATED -> begin(worker);
            case OPEN -> advanceOpen(worker);
            case FAILING -> advanceFailing(worker);
            case FLUSHING, LINGERING -> advanceClosing(worker);
            case CLOSED -> false;
        };
    }

    /// A time that was waited for has come.
    void alarmRang(IoWorker worker) {
        if (phase == Phase.CLOSED) {
            return;
        }
        long now = deadlines.nanoTime();
        receiver.resume(now);
        frames.resume(now);
        if (sendQueue.resume(now)) {
            boolean _ = context.requestSends(worker);
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
        if (deadlines.take(Deadlines.STALL, now) && isOpen && sendQueue.isStalled(now)) {
            context.cut(CloseReason.Kind.WRITE_STALLED);
        }
        if (deadlines.take(Deadlines.FRAME, now) && isOpen && frames.isOverdue(now)) {
            context.cut(CloseReason.Kind.FRAME_TIMEOUT);
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
            handler.connected(fresh);
            frames.begin();
        } catch (Throwable e) {
            context.handlerFailed(e);
            return true;
        }
        idleWatch.begin();
        context.requestReads(worker);
        return true;
    }

    private boolean advanceOpen(IoWorker worker) {
        if (context.closeReason() != null) {
            return beginClose(worker);
        }
        if (sendQueue.failure() != 0) {
            return beginFailing(worker);
        }
        if (sendQueue.takeWritable()) {
            return call(writable);
        }
        if (isIdle) {
            call(idle);
            isIdle = false;
            return true;
        }
        // Above the mark nothing is delivered: the send that brings the queue down asks for the turn again.
        if (context.isPaused() || sendQueue.isAboveMark()) {
            frames.holdUp();
            return false;
        }
        return deliver(worker);
    }

    /// Delivers the next frame, or takes what has arrived next.
    private boolean deliver(IoWorker worker) {
        if (frames.hasChunk()) {
            return frames.deliverNext(current(), worker);
        }
        if (inputEnded || !mayPoll()) {
            return false;
        }
        frames.goOn();
        int arrived = receiver.poll(worker);
        if (arrived == Receiver.NOTHING) {
            return false;
        }
        chunksLeft--;
        if (arrived > 0) {
            takeReceived(arrived, worker);
        } else if (arrived == 0) {
            inputEnded = true;
            call(inputEnd);
        } else {
            fail("WSARecv", -arrived, true);
        }
        return true;
    }

    /// Takes a buffer that has been received. All of them pass here, and only here, in the order of the stream:
    /// this is the place for a two-way stage between the connection and its framing, such as TLS. Its other side
    /// is [SendNode#addTo].
    private void takeReceived(int bytes, IoWorker worker) {
        context.countReceived(bytes, worker);
        IoBuffer buffer = receiver.takeBuffer();
        if (phase != Phase.OPEN) {
            lateBytes += bytes;
        }
        if (phase == Phase.OPEN || phase == Phase.FAILING) {
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
        // A chunk with more frames in it stood in the way of the next read.
        frames.drop();
        context.requestReads(worker);
        return true;
    }

    private boolean beginFailing(IoWorker worker) {
        beginEnd(Phase.FAILING);
        fail("WSASend", sendQueue.failure(), false);
        sendQueue.drop(worker);
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
        if (!enough && deliver(worker)) {
            return true;
        }
        boolean drained = inputEnded || (receiver.isDrained() && !frames.hasChunk());
        return (enough || drained) && finish(worker, true);
    }

    private boolean advanceClosing(IoWorker worker) {
        if (!inputEnded && discard(worker)) {
            return true;
        }
        if (sendQueue.failure() != 0) {
            return finish(worker, true);
        }
        if (phase == Phase.FLUSHING && sendQueue.isIdle()) {
            channel().shutdownOutput();
            phase = Phase.LINGERING;
        }
        return phase == Phase.LINGERING && inputEnded && finish(worker, false);
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
            inputEnded = true;
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

    /// Closes the socket, tells the handler, and gives back the count of the open socket.
    private boolean finish(IoWorker worker, boolean abortive) {
        if (phase == Phase.CLOSED) {
            return false;
        }
        phase = Phase.CLOSED;
        receiver.stop();
        frames.drop();
        if (abortive) {
            channel().abort();
        } else {
            channel().close();
        }
        sendQueue.drop(worker);
        deadlines.close();
        CloseReason reason = context.closeReason();
        if (reason == null) {
            throw new AssertionError("a connection ends for a reason");
        }
        endpoint.disconnected(reason);
        Connection ended = current();
        guarded(() -> handler.disconnected(ended, reason));
        context.exitIoNotLast();
        return false;
    }

    private void fail(String callName, int code, boolean abortive) {
        boolean reset = code == TcpChannel.RESET || code == WSAECONNABORTED;
        CloseReason.Kind kind = reset ? CloseReason.Kind.RESET : CloseReason.Kind.FAILED;
        context.requestClose(new CloseReason(kind, new WinsockException(callName, code)), abortive);
    }

    private boolean call(Runnable callback) {
        try {
            callback.run();
        } catch (Throwable e) {
            context.handlerFailed(e);
        }
        return true;
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
