package io.github.iocp4j;

import io.github.iocp4j.error.WinsockException;
import io.github.iocp4j.memory.IoBuffer;
import io.github.iocp4j.net.TcpChannel;
import io.github.iocp4j.port.IoWorker;
import java.net.ProtocolException;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
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
    private final FrameAssembler assembler;
    private final MemoryRetry roomRetry;
    private final Runnable writable;
    private final Runnable inputEnd;
    private Phase phase = Phase.CLOSED;
    private boolean inputEnded;
    private boolean releaseOwed;
    private long lateBytes;
    private int chunksLeft;
    private long closeDeadline;
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
        EndpointResources resources = endpoint.resources();
        assembler = new FrameAssembler(
                resources.assemblyPool(),
                resources.assemblyBudget(),
                endpoint.options().maxFrameBytes());
        roomRetry = new MemoryRetry(context);
    }

    void open(Connection fresh, TcpChannel connected) {
        connection = fresh;
        channel = connected;
        phase = Phase.ALLOCATED;
        inputEnded = false;
        releaseOwed = false;
        lateBytes = 0;
    }

    /// Whether the peer's end of the stream has been seen: for a close inside `inputEnded`, a hint elsewhere.
    boolean isInputEnded() {
        return inputEnded;
    }

    /// Somebody has got the turn.
    void beginTurn() {
        chunksLeft = IoWorker.INLINE_LIMIT;
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

    /// A time that was waited for has come: that of a retry, or the end of a graceful close.
    void alarmExpired(IoWorker worker) {
        receiver.resume();
        roomRetry.resume();
        sendQueue.resume();
        boolean closing = phase == Phase.FLUSHING || phase == Phase.LINGERING;
        if (closing && context.nanoTime() - closeDeadline >= 0) {
            finish(worker, true);
        } else if (phase != Phase.CLOSED) {
            if (closing) {
                context.scheduleAlarm(closeDeadline - context.nanoTime());
            }
            context.requestReads(worker);
        }
    }

    /// The last operation is home.
    void release() {
        assembler.reset();
        roomRetry.reset();
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
            assembler.begin(
                    Objects.requireNonNull(endpoint.options().framing().newDecoder(), "newDecoder() gave null"));
        } catch (Throwable e) {
            handlerFailed(e);
            return true;
        }
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
        // Above the mark nothing is delivered: the send that brings the queue down asks for the turn again.
        return !sendQueue.isAboveMark() && deliver(worker);
    }

    /// Delivers the next frame, or takes what has arrived next.
    private boolean deliver(IoWorker worker) {
        if (assembler.hasChunk()) {
            return nextFrame(worker);
        }
        if (inputEnded || !mayPoll()) {
            return false;
        }
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
    /// is [SendQueue#addOutgoing].
    private void takeReceived(int bytes, IoWorker worker) {
        context.state(worker).bytesReceived += bytes;
        IoBuffer buffer = receiver.takeBuffer();
        if (phase != Phase.OPEN) {
            lateBytes += bytes;
        }
        if (phase == Phase.OPEN || phase == Phase.FAILING) {
            assembler.feed(buffer, bytes);
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

    private boolean nextFrame(IoWorker worker) {
        if (!sendQueue.beginAnswer(worker)) {
            return false;
        }
        Frame frame = current().frame();
        switch (cut(frame)) {
            case FRAME -> {
                roomRetry.succeeded();
                context.state(worker).framesReceived++;
                frameReceived(frame);
                assembler.frameDone(frame);
            }
            case MORE -> {}
            case MALFORMED -> {
                Throwable cause = new ProtocolException(assembler.malformation());
                context.requestClose(new CloseReason(CloseReason.Kind.FRAME_INVALID, cause), true);
            }
            case TOO_LONG -> context.requestClose(new CloseReason(CloseReason.Kind.FRAME_TOO_LONG, null), true);
            case NO_BUFFER -> {
                sendQueue.endAnswer(worker);
                roomRetry.laterUnlessWaiting();
                return false;
            }
            case NO_BUDGET -> context.requestClose(new CloseReason(CloseReason.Kind.OUT_OF_BUFFERS, null), true);
        }
        sendQueue.endAnswer(worker);
        if (!assembler.hasChunk()) {
            context.requestReads(worker);
        }
        return true;
    }

    /// Looks for the next frame. What the decoder throws ends the connection, as if there were no more of it.
    private FrameAssembler.Step cut(Frame frame) {
        try {
            return assembler.next(frame);
        } catch (Throwable e) {
            handlerFailed(e);
            return FrameAssembler.Step.MORE;
        }
    }

    private void frameReceived(Frame frame) {
        try {
            handler.frameReceived(current(), frame);
        } catch (Throwable e) {
            handlerFailed(e);
        }
    }

    private boolean beginClose(IoWorker worker) {
        phase = Phase.FLUSHING;
        // A chunk with more frames in it stood in the way of the next read.
        assembler.reset();
        context.requestReads(worker);
        long limit =
                TimeUnit.MILLISECONDS.toNanos(endpoint.options().closeTimeout().toMillis());
        closeDeadline = context.nanoTime() + limit;
        context.scheduleAlarm(limit);
        return true;
    }

    private boolean beginFailing(IoWorker worker) {
        phase = Phase.FAILING;
        fail("WSASend", sendQueue.failure(), false);
        sendQueue.drop(worker);
        receiver.stop();
        channel().cancel();
        return true;
    }

    private boolean advanceFailing(IoWorker worker) {
        boolean enough = lateBytes > LINGER_BYTES;
        if (!enough && deliver(worker)) {
            return true;
        }
        boolean drained = inputEnded || (receiver.isDrained() && !assembler.hasChunk());
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
        assembler.reset();
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
        assembler.reset();
        if (abortive) {
            channel().abort();
        } else {
            channel().close();
        }
        sendQueue.drop(worker);
        context.cancelAlarm();
        endpoint.disconnected();
        CloseReason reason = context.closeReason();
        if (reason == null) {
            throw new AssertionError("a connection ends for a reason");
        }
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
            handlerFailed(e);
        }
        return true;
    }

    private void handlerFailed(Throwable cause) {
        context.requestClose(new CloseReason(CloseReason.Kind.HANDLER_FAILED, cause), true);
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
