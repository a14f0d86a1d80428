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
    private final PeerWatch unfinished;
    private int framesLeft;
    private boolean isClosing;

    FrameDelivery(ConnectionContext context, EndpointCore endpoint) {
        this.context = context;
        this.endpoint = endpoint;
        sendQueue = context.sendQueue();
        deadlines = context.deadlines();
        EndpointOptions options = endpoint.options();
        EndpointResources resources = endpoint.resources();
        assembler = new FrameAssembler(resources.assemblyPool(), resources.assemblyBudget(), options.maxFrameBytes());
        roomRetry = new MemoryRetry(deadlines, Deadlines.ROOM);
        unfinished =
                new PeerWatch(deadlines, Deadlines.FRAME, options.timeLimits().frame());
    }

    /// Begins with a new connection.
    ///
    /// @throws RuntimeException what the user's framing throws
    void begin() {
        isClosing = false;
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

    /// From here on frames are read for the sake of the file transfer only.
    void close() {
        isClosing = true;
    }

    /// What notices that a frame is unfinished.
    PeerWatch unfinished() {
        return unfinished;
    }

    /// How much memory the unfinished frame has taken from others, and for how long: bytes times nanoseconds, 0
    /// when it has none. Any thread.
    double burden(long now) {
        long begun = unfinished.since();
        // One that has come in this very moment has its memory too.
        return begun == PeerWatch.NOTHING ? 0 : (double) assembler.heldBytes() * Math.max(1, now - begun);
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
        ConnectionFiles files = context.files();
        if (files != null && files.takesBytes()) {
            return takeFile(files, worker);
        }
        boolean hasRoom = isClosing || sendQueue.beginAnswer();
        if (!hasRoom && files == null) {
            return waitForAnswers();
        }
        FrameAssembler.Step step = findFrame(connection.frame());
        if (!hasRoom && step == FrameAssembler.Step.FRAME && !ConnectionFiles.isHandshake(connection.frame())) {
            // It is shown again when there is room.
            connection.frame().hide();
            return waitForAnswers();
        }
        boolean goesOn = handle(step, connection, worker);
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

    /// Drops what is there.
    void drop() {
        assembler.reset();
        unfinished.end();
    }

    /// The last operation is home.
    void reset() {
        drop();
        unfinished.reset();
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
                endpoint.relief().closeHeaviestFrame();
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
        unfinished.end();
        try {
            receive(connection, connection.frame(), worker);
        } catch (Throwable e) {
            context.handlerFailed(e);
        }
        assembler.frameDone(connection.frame());
    }

    private void receive(Connection connection, Frame frame, IoWorker worker) {
        ConnectionFiles files = context.files();
        if (files != null && files.take(frame)) {
            return;
        }
        context.readPermit().use();
        // A close that waits for the peer's word on a file reads frames that nobody wants any more.
        if (!isClosing) {
            context.state(worker).framesReceived++;
            endpoint.handler().frameReceived(connection, frame);
        }
    }

    /// Gives bytes of the stream to the file that they belong to.
    private boolean takeFile(ConnectionFiles files, IoWorker worker) {
        framesLeft--;
        if (assembler.isInsideFrame()) {
            Throwable cause = new ProtocolException("a file that begins inside of a frame");
            context.requestClose(new CloseReason(CloseReason.Kind.FRAME_INVALID, cause), true);
            return true;
        }
        boolean taken = files.takeBytes(assembler);
        if (taken && !assembler.hasChunk()) {
            context.requestReads(worker);
        }
        return taken;
    }

    /// What would be sent for the next frame has no room now.
    private boolean waitForAnswers() {
        unfinished.holdUp();
        return context.isAbortRequested();
    }

    private boolean waitForRoom() {
        unfinished.holdUp();
        endpoint.resources().shortages().countMissingBuffer();
        roomRetry.laterUnlessWaiting();
        return context.isAbortRequested();
    }

    private void noteUnfinished() {
        if (assembler.isInsideFrame()) {
            unfinished.begin();
        }
    }
}
