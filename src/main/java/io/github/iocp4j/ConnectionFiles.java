package io.github.iocp4j;

import io.github.iocp4j.internal.file.Handshake;
import io.github.iocp4j.memory.IoBuffer;
import io.github.iocp4j.port.IoWorker;
import io.github.iocp4j.transfer.FileNames;
import io.github.iocp4j.transfer.FileTransfer;
import io.github.iocp4j.transfer.TransferOutcome;
import java.net.ProtocolException;
import java.nio.file.Path;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/// The files of one connection on their way, at most one in each direction, and the frames of their handshake.
/// For the holder of the turn, but for [#send].
///
/// When this side has accepted a file while an offer of its own, sent before, is not answered, the peer answers
/// that first: so the stream goes on with a frame, and with the file's bytes then. Else they follow at once.
final class ConnectionFiles {
    static final System.Logger LOG = System.getLogger(IocpEndpoint.class.getName());

    private final ConnectionContext context;
    private final EndpointCore endpoint;
    private final FileService service;
    private final EndpointHandler handler;
    private final SendQueue queue;
    private final FileSends sends;
    private final MemoryRetry memory;
    private final PeerWatch silence;

    /// Set by who sends one, on any thread; cleared by the holder of the turn.
    private final AtomicReference<@Nullable OutgoingFile> outgoing = new AtomicReference<>();

    private @Nullable IncomingFile incoming;

    /// An offer that the handler has not been told of.
    private boolean isOfferNew;

    /// An answer that waits until a file of ours is out: a type of the handshake's, or 0.
    private int answerOwed;

    /// An offer was given up when it was out: its answer may come at any time.
    private boolean isAnswerOverdue;

    private boolean inputEnded;
    private boolean ended;
    private @Nullable Throwable endCause;

    ConnectionFiles(ConnectionContext context, EndpointCore endpoint, FileService service) {
        this.context = context;
        this.endpoint = endpoint;
        this.service = service;
        handler = endpoint.handler();
        queue = context.sendQueue();
        sends = context.sender().files();
        memory = new MemoryRetry(context.deadlines(), Deadlines.FILE_MEMORY);
        // How long nothing may come of a file, like of a frame.
        silence = new PeerWatch(
                context.deadlines(),
                Deadlines.FILE_DATA,
                endpoint.options().timeLimits().frame());
    }

    /// Offers a file. Any thread that holds a count.
    ///
    /// @return `null` when one is under way already
    @Nullable
    FileTransfer send(int generation, Path path, String name) {
        OutgoingFile fresh = new OutgoingFile(context, generation, service, endpoint.relief(), memory, path, name);
        if (!outgoing.compareAndSet(null, fresh)) {
            return null;
        }
        // Who closes looks here after the reason is set: so one of the two sees the other.
        if (context.isOutputClosed()) {
            outgoing.set(null);
            context.request(ConnectionContext.TURN);
            return null;
        }
        fresh.open();
        return fresh;
    }

    /// Whether frames are delivered whatever waits in the send queue: what waits there waits for the peer's
    /// answer, or what the peer sends is no answer's reason.
    boolean mustRead() {
        OutgoingFile file = outgoing.get();
        return (file != null && file.awaitsAnswer()) || incoming != null;
    }

    /// Whether what has been received has to be written first, or an answer sent: so a peer that asks and asks is
    /// held.
    boolean holdsReading() {
        return answerOwed != 0 || (incoming != null && incoming.holdsReading());
    }

    /// Whether the next bytes of the stream are those of a file.
    boolean takesBytes() {
        if (incoming == null || !incoming.takesBytes() || !sends.isStartOut()) {
            return false;
        }
        OutgoingFile file = outgoing.get();
        return file == null || !file.awaitsAnswer() || file.number() != sends.startBehind();
    }

    /// Takes bytes of the file that is being received.
    ///
    /// @return whether any were taken
    boolean takeBytes(FrameAssembler stream) {
        IncomingFile file = incoming;
        return file != null && file.take(stream);
    }

    /// Nothing more has arrived for now.
    void nothingArrived() {
        if (incoming != null) {
            incoming.nothingArrived();
        }
    }

    /// Whether an answer of the peer's is to come that says what can be sent, or may be to come.
    boolean awaitsAnswer() {
        OutgoingFile file = outgoing.get();
        return file != null && (file.isOpening() || file.awaitsAnswer());
    }

    /// Whether a file of ours, or an answer, is still to go out.
    boolean isSending() {
        OutgoingFile file = outgoing.get();
        return answerOwed != 0 || (file != null && file.isUnderWay());
    }

    /// Whether a frame is of the handshake, and not one of the user's.
    static boolean isHandshake(Frame frame) {
        int type = typeOf(frame);
        return type >= Handshake.OFFER && type <= Handshake.LARGE_OFFER;
    }

    private static int typeOf(Frame frame) {
        return frame.length() == 0 ? 0 : frame.getUnsignedByte(0);
    }

    /// Takes a frame of the handshake.
    ///
    /// @return `false` when it is one of the user's
    boolean take(Frame frame) {
        int type = typeOf(frame);
        switch (type) {
            case Handshake.OFFER, Handshake.LARGE_OFFER -> offered(type, frame);
            case Handshake.START -> {
                OutgoingFile file = outgoing.get();
                if (file == null || !file.accepted()) {
                    refuseStart();
                }
            }
            case Handshake.ABORT -> {
                OutgoingFile file = outgoing.get();
                isAnswerOverdue = false;
                if (file != null) {
                    file.declined();
                }
            }
            default -> {
                return false;
            }
        }
        return true;
    }

    /// A time that was waited for has come.
    void alarmRang(long now) {
        OutgoingFile sent = outgoing.get();
        if (context.deadlines().take(Deadlines.OFFER, now) && sent != null) {
            sent.timeIsOver();
        }
        if (context.deadlines().take(Deadlines.FILE, now) && incoming != null) {
            incoming.expire();
        }
        if (context.deadlines().take(Deadlines.FILE_DATA, now) && isSilent(now)) {
            context.cut(CloseReason.Kind.FRAME_TIMEOUT);
        }
        boolean _ = memory.resume(now);
    }

    /// Whether nothing has come for too long of a file that is to come now.
    private boolean isSilent(long now) {
        if (incoming == null || !incoming.takesBytes()) {
            return false;
        }
        if (!takesBytes()) {
            // Before it another answer is due, for which there is another time.
            silence.holdUp();
        }
        return silence.isOver(now);
    }

    /// What notices that nothing comes of the file that is being received.
    PeerWatch silence() {
        return silence;
    }

    /// Makes one step.
    ///
    /// @return whether there may be another one to make
    boolean advance(Connection connection, IoWorker worker) {
        if (ended) {
            endFiles();
        }
        return advanceOutgoing(connection, worker) || advanceIncoming(connection) || answer(worker);
    }

    /// The peer has ended its stream, and all that came before is delivered.
    void inputEnded() {
        inputEnded = true;
        if (incoming != null) {
            incoming.inputEnded();
        }
    }

    /// The socket is closed; nothing more is received. Then [#advance] brings what is left to its end.
    void connectionEnded(@Nullable Throwable cause) {
        ended = true;
        endCause = cause;
        answerOwed = 0;
    }

    /// The connection is being closed: nothing more is taken of a file that comes in.
    void closing() {
        if (incoming != null) {
            incoming.decline();
            incoming.abort();
        }
    }

    /// Whether nothing is under way.
    boolean isOver() {
        return outgoing.get() == null && incoming == null;
    }

    /// No packet will come any more: outcomes are told now.
    void abandon(Connection connection, @Nullable Throwable cause) {
        OutgoingFile sent = outgoing.getAndSet(null);
        if (sent != null && !sent.isOver()) {
            complete(connection, sent, sent.abandon(cause));
        }
        IncomingFile received = incoming;
        incoming = null;
        TransferOutcome outcome = received == null ? null : received.abandon(cause);
        if (received != null && outcome != null) {
            complete(connection, received, outcome);
        }
    }

    /// The last operation is home.
    void reset() {
        outgoing.set(null);
        incoming = null;
        isOfferNew = false;
        answerOwed = 0;
        isAnswerOverdue = false;
        inputEnded = false;
        ended = false;
        endCause = null;
        memory.reset();
        silence.reset();
    }

    /// Tells the peer not to send its file.
    void decline() {
        owe(Handshake.ABORT);
    }

    /// Has the peer send its file.
    void start() {
        sends.forgetStart();
        owe(Handshake.START);
    }

    private void owe(int type) {
        answerOwed = type;
        sends.setAnswerOwed(type != 0);
    }

    private int generation() {
        Connection open = context.connection();
        if (open == null) {
            throw new AssertionError("a frame belongs to a connection");
        }
        return open.generation();
    }

    private void endFiles() {
        OutgoingFile sent = outgoing.get();
        if (sent != null && sent.isBegun()) {
            sent.connectionEnded(endCause);
        }
        if (incoming != null) {
            incoming.connectionEnded(endCause);
        }
    }

    private boolean advanceOutgoing(Connection connection, IoWorker worker) {
        OutgoingFile file = outgoing.get();
        if (file == null || !file.isBegun()) {
            return false;
        }
        if (inputEnded) {
            file.inputEnded();
        }
        long before = file.transferredBytes();
        boolean mayStart = answerOwed == 0 && (incoming == null || !incoming.isUnanswered());
        boolean advanced = !(ended && file.isUnderWay()) && file.advance(mayStart, worker);
        if (file.transferredBytes() != before) {
            progress(connection, file);
        }
        TransferOutcome outcome = file.takeOutcome();
        if (file.isOver()) {
            // First, so that who is told may send the next one.
            outgoing.set(null);
            advanced = true;
        }
        if (outcome != null) {
            isAnswerOverdue |= file.awaitsAnswer();
            complete(connection, file, outcome);
        }
        return advanced || outcome != null;
    }

    private boolean advanceIncoming(Connection connection) {
        IncomingFile file = incoming;
        if (file == null) {
            return false;
        }
        if (isOfferNew) {
            isOfferNew = false;
            // The connection may have ended since.
            if (file.isUndecided()) {
                context.call(() -> handler.fileOffered(connection, file));
            }
            return true;
        }
        long before = file.transferredBytes();
        boolean advanced = file.advance(this);
        if (file.transferredBytes() != before) {
            progress(connection, file);
        }
        TransferOutcome outcome = file.takeOutcome();
        if (outcome != null) {
            complete(connection, file, outcome);
        }
        if (file.isOver()) {
            incoming = null;
            advanced = true;
        }
        return advanced || outcome != null;
    }

    /// Sends the answer that is owed, unless a file is being sent, which it would lie in.
    private boolean answer(IoWorker worker) {
        OutgoingFile file = outgoing.get();
        if (answerOwed == 0 || ended || (file != null && file.isSending())) {
            return false;
        }
        if (queue.hasAnswerWaiting()) {
            return false;
        }
        IoBuffer frame = service.takeOffer(1);
        if (frame == null) {
            memory.laterUnlessWaiting();
            return false;
        }
        frame.appendByte(answerOwed);
        queue.addForFile(frame, answerOwed == Handshake.START ? SendNode.START : SendNode.PLAIN);
        frame.release();
        owe(0);
        boolean _ = context.requestSends(worker);
        return true;
    }

    private void offered(int type, Frame frame) {
        IncomingFile before = incoming;
        if (before != null && !before.giveWay()) {
            refuse("the offer of a file beside another one");
            return;
        }
        incoming = null;
        isOfferNew = false;
        String name = null;
        long size = -1;
        try {
            size = type == Handshake.OFFER ? frame.getUnsignedInt(1) : frame.getLong(1);
            name = frame.getString(Handshake.nameIndex(type));
        } catch (IndexOutOfBoundsException | IllegalArgumentException e) {
            LOG.log(System.Logger.Level.DEBUG, "the offer of a file without size or name", e);
        }
        if (name == null || size < 0 || !FileNames.isSafe(name)) {
            service.countDeclined();
            decline();
            return;
        }
        incoming = new IncomingFile(context, generation(), service, memory, silence, name, size);
        isOfferNew = true;
        context.deadlines().set(Deadlines.FILE, service.options().offerTimeout().toNanos());
    }

    /// The peer takes whatever we send next for a file that we don't send: its own fault only if it never had an
    /// offer.
    private void refuseStart() {
        if (isAnswerOverdue) {
            context.requestClose(new CloseReason(CloseReason.Kind.FILE_ABORTED, null), true);
        } else {
            refuse("the start of a file that is not offered");
        }
    }

    /// The peer does what can't be gone on with.
    private void refuse(String what) {
        Throwable cause = new ProtocolException(what);
        context.requestClose(new CloseReason(CloseReason.Kind.FRAME_INVALID, cause), true);
    }

    private void progress(Connection connection, FileTransfer file) {
        context.call(() -> handler.fileProgress(connection, file));
    }

    private void complete(Connection connection, FileTransfer file, TransferOutcome outcome) {
        service.countEnd(file, outcome);
        context.call(() -> handler.fileCompleted(connection, file, outcome));
    }
}
