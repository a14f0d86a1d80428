package io.github.iocp4j;

import io.github.iocp4j.memory.IoBuffer;
import io.github.iocp4j.port.IoWorker;
import java.net.ProtocolException;
import java.util.Objects;

/// The frames of a connection on their way from what has been received to the handler, and how long they take.
/// For the holder of the turn.
final class FrameDelivery {
    /// How many frames of a connection are delivered before others have their turn: a buffer may hold hundreds.
    private static final int FRAMES_AT_ONCE = 64;

    private final ConnectionContext context;
    private final EndpointCore endpoint;
    private final SendQueue sendQueue;
    private final Deadlines deadlines;
    private final FrameAssembler assembler;
    private final MemoryRetry roomRetry;
    private final long limitNanos;
    private int framesLeft;

    /// This side does not read at the moment: the time of an unfinished frame stands still.
    private boolean heldUp;

    /// Since when a frame is unfinished, or [Relief#NOTHING]; others look at it.
    private volatile long begunAt = Relief.NOTHING;

    FrameDelivery(ConnectionContext context, EndpointCore endpoint, SendQueue sendQueue) {
        this.context = context;
        this.endpoint = endpoint;
        this.sendQueue = sendQueue;
        deadlines = context.deadlines();
        EndpointOptions options = endpoint.options();
        EndpointResources resources = endpoint.resources();
        assembler = new FrameAssembler(resources.assemblyPool(), resources.assemblyBudget(), options.maxFrameBytes());
        roomRetry = new MemoryRetry(deadlines, Deadlines.ROOM);
        limitNanos = options.timeLimits().frame().toNanos();
    }

    /// Begins with a new connection.
    ///
    /// @throws RuntimeException what the user's framing throws
    void begin() {
        heldUp = false;
        assembler.begin(Objects.requireNonNull(endpoint.options().framing().newDecoder(), "newDecoder() gave null"));
    }

    void beginTurn() {
        framesLeft = FRAMES_AT_ONCE;
    }

    boolean hasChunk() {
        return assembler.hasChunk();
    }

    /// Takes over `buffer`, whose first `bytes` bytes are the next ones of the stream.
    void feed(IoBuffer buffer, int bytes) {
        assembler.feed(buffer, bytes);
    }

    /// This side stops reading for now.
    void holdUp() {
        heldUp = true;
    }

    /// Reading is not held up any more: from here on it is the peer whom an unfinished frame waits for.
    void goOn() {
        if (heldUp) {
            heldUp = false;
            if (begunAt != Relief.NOTHING) {
                begunAt = deadlines.nanoTime();
            }
        }
    }

    /// Gives the next frame of the chunk to the handler.
    ///
    /// @return `false` when it has to wait: then the turn comes back; `true` also when it is this connection that
    /// has been closed for want of memory
    boolean deliverNext(Connection connection, IoWorker worker) {
        if (framesLeft <= 0) {
            context.request(ConnectionContext.TURN);
            return false;
        }
        if (!sendQueue.beginAnswer()) {
            heldUp = true;
            return context.isAbortRequested();
        }
        boolean goesOn = handle(findFrame(connection.frame()), connection, worker);
        sendQueue.endAnswer();
        if (goesOn && !assembler.hasChunk()) {
            context.requestReads(worker);
        }
        return goesOn;
    }

    /// Ends a wait for room whose time has come.
    void resume(long now) {
        roomRetry.resume(now);
    }

    /// Whether a frame is unfinished for too long. Asked when the time has come to look; else there is another
    /// time, if need be.
    boolean isOverdue(long now) {
        if (begunAt == Relief.NOTHING) {
            return false;
        }
        if (heldUp) {
            begunAt = now;
        }
        if (now - begunAt >= limitNanos) {
            return true;
        }
        deadlines.setAt(Deadlines.FRAME, begunAt + limitNanos);
        return false;
    }

    /// Since when a frame is unfinished, or [Relief#NOTHING]. Any thread.
    long begunAt() {
        return begunAt;
    }

    /// Drops what is there.
    void drop() {
        assembler.reset();
        begunAt = Relief.NOTHING;
    }

    /// The last operation is home.
    void reset() {
        drop();
        roomRetry.reset();
    }

    /// @return whether there may be another frame now
    private boolean handle(FrameAssembler.Step step, Connection connection, IoWorker worker) {
        switch (step) {
            case FRAME -> frameReceived(connection, worker);
            case MORE -> noteUnfinished();
            case MALFORMED -> {
                Throwable cause = new ProtocolException(assembler.malformation());
                context.requestClose(new CloseReason(CloseReason.Kind.FRAME_INVALID, cause), true);
            }
            case TOO_LONG -> context.cut(CloseReason.Kind.FRAME_TOO_LONG);
            case NO_BUFFER -> {
                return waitForRoom();
            }
            case NO_BUDGET -> {
                // It is this one perhaps; whichever it is, there will be room when it is gone.
                noteUnfinished();
                endpoint.relief().closeOldestFrame();
                return waitForRoom();
            }
        }
        return true;
    }

    /// Looks for the next frame. What the decoder throws ends the connection, as if there were no more of it.
    private FrameAssembler.Step findFrame(Frame frame) {
        try {
            return assembler.next(frame);
        } catch (Throwable e) {
            context.handlerFailed(e);
            return FrameAssembler.Step.MORE;
        }
    }

    private void frameReceived(Connection connection, IoWorker worker) {
        framesLeft--;
        roomRetry.succeeded();
        context.state(worker).framesReceived++;
        begunAt = Relief.NOTHING;
        try {
            endpoint.handler().frameReceived(connection, connection.frame());
        } catch (Throwable e) {
            context.handlerFailed(e);
        }
        assembler.frameDone(connection.frame());
    }

    private boolean waitForRoom() {
        heldUp = true;
        endpoint.resources().shortages().countMissingBuffer();
        roomRetry.laterUnlessWaiting();
        return context.isAbortRequested();
    }

    private void noteUnfinished() {
        if (begunAt == Relief.NOTHING && assembler.isInsideFrame()) {
            begunAt = deadlines.nanoTime();
            // One that is set for an earlier frame is looked at then, and set anew for this one.
            if (limitNanos > 0 && !deadlines.isSet(Deadlines.FRAME)) {
                deadlines.setAt(Deadlines.FRAME, begunAt + limitNanos);
            }
        }
    }
}
