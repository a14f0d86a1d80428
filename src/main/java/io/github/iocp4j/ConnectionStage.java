package io.github.iocp4j;

import io.github.iocp4j.error.WinsockException;
import io.github.iocp4j.memory.IoBuffer;
import io.github.iocp4j.net.TcpChannel;
import io.github.iocp4j.port.IoWorker;
import java.net.ProtocolException;
import java.util.Objects;
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

    /// How many frames of a connection are delivered before others have their turn: a buffer may hold hundreds.
    private static final int FRAMES_AT_ONCE = 64;

    private final ConnectionContext context;
    private final EndpointCore endpoint;
    private final EndpointHandler handler;
    private final Receiver receiver;
    private final SendQueue sendQueue;
    private final FrameAssembler assembler;
    private final MemoryRetry roomRetry;
    private final Runnable writable;
    private final Runnable inputEnd;
    private final Runnable idle;
    private final Deadlines deadlines;
    private final long frameLimitNanos;
    private final long idleLimitNanos;
    private Phase phase = Phase.CLOSED;
    private boolean inputEnded;
    private boolean releaseOwed;
    private long lateBytes;
    private int chunksLeft;
    private int framesLeft;
    private boolean isIdle;

    /// This side does not read at the moment: the time of an unfinished frame stands still.
    private boolean heldUp;

    /// Since when a frame is unfinished, or [Relief#NOTHING]; others look at it.
    private volatile long frameBegunAt = Relief.NOTHING;

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
        EndpointOptions options = endpoint.options();
        frameLimitNanos = options.timeLimits().frame().toNanos();
        idleLimitNanos = options.timeLimits().idle().toNanos();
        EndpointResources resources = endpoint.resources();
        assembler = new FrameAssembler(resources.assemblyPool(), resources.assemblyBudget(), options.maxFrameBytes());
        roomRetry = new MemoryRetry(deadlines, Deadlines.ROOM);
    }

    void open(Connection fresh, TcpChannel connected) {
        connection = fresh;
        channel = connected;
        phase = Phase.ALLOCATED;
        inputEnded = false;
        releaseOwed = false;
        lateBytes = 0;
        isIdle = false;
        heldUp = false;
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
        return frameBegunAt;
    }

    /// Somebody has got the turn.
    void beginTurn() {
        chunksLeft = IoWorker.INLINE_LIMIT;
        framesLeft = FRAMES_AT_ONCE;
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
        roomRetry.resume(now);
        if (sendQueue.resume(now)) {
            boolean _ = context.requestSends(worker);
        }
        if (deadlines.take(Deadlines.CLOSE, now)) {
            finish(worker, true);
            return;
        }
        if (phase == Phase.OPEN) {
            checkLimits(now);
        }
        deadlines.renew();
        context.requestReads(worker);
    }

    private void checkLimits(long now) {
        if (deadlines.take(Deadlines.STALL, now) && sendQueue.isStalled(now)) {
            cut(CloseReason.Kind.WRITE_STALLED);
        }
        if (deadlines.take(Deadlines.FRAME, now) && frameBegunAt != Relief.NOTHING) {
            checkFrame(now);
        }
        if (deadlines.take(Deadlines.IDLE, now)) {
            long quiet = now - context.activeAt();
            boolean over = quiet >= idleLimitNanos;
            deadlines.set(Deadlines.IDLE, over ? idleLimitNanos : idleLimitNanos - quiet);
            isIdle = over && context.closeReason() == null;
        }
    }

    private void checkFrame(long now) {
        if (heldUp) {
            // It is this side that does not read.
            frameBegunAt = now;
        }
        if (now - frameBegunAt >= frameLimitNanos) {
            cut(CloseReason.Kind.FRAME_TIMEOUT);
        } else {
            deadlines.setAt(Deadlines.FRAME, frameBegunAt + frameLimitNanos);
        }
    }

    /// The last operation is home.
    void release() {
        dropInput();
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
        if (idleLimitNanos > 0) {
            context.noteActivity();
            deadlines.set(Deadlines.IDLE, idleLimitNanos);
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
        if (isIdle) {
            call(idle);
            isIdle = false;
            return true;
        }
        // Above the mark nothing is delivered: the send that brings the queue down asks for the turn again.
        if (context.isPaused() || sendQueue.isAboveMark()) {
            heldUp = true;
            return false;
        }
        return deliver(worker);
    }

    /// Delivers the next frame, or takes what has arrived next.
    private boolean deliver(IoWorker worker) {
        if (assembler.hasChunk()) {
            return nextFrame(worker);
        }
        if (inputEnded || !mayGoOn(chunksLeft)) {
            return false;
        }
        readingGoesOn();
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
            assembler.feed(buffer, bytes);
        } else {
            buffer.release();
        }
    }

    /// A connection that is flooded keeps its worker for so many buffers and frames only, and then queues up
    /// again.
    private boolean mayGoOn(int left) {
        if (left > 0) {
            return true;
        }
        context.request(ConnectionContext.TURN);
        return false;
    }

    /// Reading is not held up any more: from here on it is the peer whom an unfinished frame waits for.
    private void readingGoesOn() {
        if (heldUp) {
            heldUp = false;
            if (frameBegunAt != Relief.NOTHING) {
                frameBegunAt = deadlines.nanoTime();
            }
        }
    }

    private boolean nextFrame(IoWorker worker) {
        if (!mayGoOn(framesLeft)) {
            return false;
        }
        if (!sendQueue.beginAnswer()) {
            heldUp = true;
            return false;
        }
        Frame frame = current().frame();
        switch (findFrame(frame)) {
            case FRAME -> {
                framesLeft--;
                roomRetry.succeeded();
                context.state(worker).framesReceived++;
                frameBegunAt = Relief.NOTHING;
                frameReceived(frame);
                assembler.frameDone(frame);
            }
            case MORE -> noteUnfinishedFrame();
            case MALFORMED -> {
                Throwable cause = new ProtocolException(assembler.malformation());
                context.requestClose(new CloseReason(CloseReason.Kind.FRAME_INVALID, cause), true);
            }
            case TOO_LONG -> cut(CloseReason.Kind.FRAME_TOO_LONG);
            case NO_BUFFER -> {
                return waitForRoom();
            }
            case NO_BUDGET -> {
                // It is this one perhaps; whichever it is, there will be room when it is gone.
                noteUnfinishedFrame();
                endpoint.relief().closeOldestFrame();
                return waitForRoom();
            }
        }
        sendQueue.endAnswer();
        if (!assembler.hasChunk()) {
            context.requestReads(worker);
        }
        return true;
    }

    /// Looks for the next frame. What the decoder throws ends the connection, as if there were no more of it.
    private FrameAssembler.Step findFrame(Frame frame) {
        try {
            return assembler.next(frame);
        } catch (Throwable e) {
            handlerFailed(e);
            return FrameAssembler.Step.MORE;
        }
    }

    private boolean waitForRoom() {
        sendQueue.endAnswer();
        heldUp = true;
        endpoint.resources().shortages().countMissingBuffer();
        roomRetry.laterUnlessWaiting();
        return false;
    }

    private void noteUnfinishedFrame() {
        if (frameBegunAt == Relief.NOTHING && assembler.isInsideFrame()) {
            frameBegunAt = deadlines.nanoTime();
            // One that is set for an earlier frame is looked at then, and set anew for this one.
            if (frameLimitNanos > 0 && !deadlines.isSet(Deadlines.FRAME)) {
                deadlines.setAt(Deadlines.FRAME, frameBegunAt + frameLimitNanos);
            }
        }
    }

    private void dropInput() {
        assembler.reset();
        frameBegunAt = Relief.NOTHING;
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
        dropInput();
        deadlines.set(Deadlines.CLOSE, endpoint.options().timeLimits().close().toNanos());
        context.requestReads(worker);
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
        if (!mayGoOn(chunksLeft)) {
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
        dropInput();
        if (abortive) {
            channel().abort();
        } else {
            channel().close();
        }
        sendQueue.drop(worker);
        deadlines.close();
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

    private void cut(CloseReason.Kind kind) {
        context.requestClose(new CloseReason(kind, null), true);
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
