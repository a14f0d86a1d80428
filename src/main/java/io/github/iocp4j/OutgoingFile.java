package io.github.iocp4j;

import io.github.iocp4j.error.WindowsException;
import io.github.iocp4j.internal.file.DiskFile;
import io.github.iocp4j.internal.file.Handshake;
import io.github.iocp4j.internal.file.TransmitTurn;
import io.github.iocp4j.memory.IoBuffer;
import io.github.iocp4j.port.IoWorker;
import io.github.iocp4j.transfer.FileTransfer;
import io.github.iocp4j.transfer.TransferOutcome;
import io.github.iocp4j.transfer.TransferOutcome.Kind;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/// A file that this side offers and sends: the article's `PrepareSendFile`, `StartSendFile`, `DisableSendFile`.
///
/// ```text
/// OPENING -> OFFERED -> ACCEPTED -> SENDING -> CLOSING -> OVER
///    |          |  \                             ^ ^
///    |          |   \---- declined --------------/ |
///    |          \-- given up, no answer yet -------/ -> WITHDRAWN -> OVER
///    \-- it can't be opened -----------------------/
/// ```
/// The file's bytes go out by TransmitFile, a part at a time, while there is a turn for it, and are read and sent
/// otherwise. Once they have begun, all of them follow, or the connection is cut. For the holder of the turn, but
/// for what [FileTransfer] promises.
final class OutgoingFile implements FileTransfer {
    private enum Phase {
        OPENING,
        OFFERED,
        /// The peer wants it; an offer of its own is answered first.
        ACCEPTED,
        SENDING,
        /// Its outcome is known; the handle is being closed.
        CLOSING,
        /// Its outcome was told, but the peer has not answered: what it sends would take our frames for the file.
        WITHDRAWN,
        OVER
    }

    private final ConnectionContext context;
    private final int generation;
    private final FileService service;
    private final Relief relief;
    private final SendQueue queue;
    private final Sender sender;
    private final FileSends sends;
    private final Path path;
    private final String name;
    private final FileWork work;
    private final FileWork.Step readPart = this::readPart;
    private final MemoryRetry memory;
    private final TransmitTurn turn;
    private Phase phase = Phase.OPENING;
    private volatile long size = -1;
    private volatile long transferred;
    private volatile boolean aborted;
    private volatile boolean isBegun;
    private boolean unanswered;
    private int number;
    private boolean peerAborted;
    private boolean shrunk;

    /// What is read into, and sent then.
    private @Nullable IoBuffer buffer;

    private int bufferBytes;

    /// How much of the file has been given to the queue, or is for TransmitFile.
    private long offset;

    private @Nullable TransferOutcome outcome;

    /// @param path the file on this side's disk
    /// @param name what the peer is told as its name
    OutgoingFile(
            ConnectionContext context,
            int generation,
            FileService service,
            Relief relief,
            MemoryRetry memory,
            Path path,
            String name) {
        this.context = context;
        this.generation = generation;
        this.service = service;
        this.relief = relief;
        this.memory = memory;
        this.path = path;
        this.name = name;
        queue = context.sendQueue();
        sender = context.sender();
        sends = sender.files();
        work = new FileWork(context, service);
        turn = new TransmitTurn(service.turns(), service.options().chunkBytes());
    }

    /// Has the file opened. From any thread that holds a count, once.
    void open() {
        work.start(() -> {
            DiskFile opened = DiskFile.openToRead(work.host(), path);
            work.opened(opened);
            size = opened.size();
        });
        isBegun = true;
        // The step may have been done before anybody could see it.
        context.request(ConnectionContext.TURN);
    }

    @Override
    public boolean isOutgoing() {
        return true;
    }

    @Override
    public String name() {
        return name;
    }

    @Override
    public Path path() {
        return path;
    }

    @Override
    public long sizeBytes() {
        return size;
    }

    @Override
    public long transferredBytes() {
        return transferred;
    }

    @Override
    public void abort() {
        aborted = true;
        context.requestTurn(generation);
    }

    /// Whether it is more than an attempt, which may be taken back.
    boolean isBegun() {
        return isBegun;
    }

    boolean isOver() {
        return phase == Phase.OVER;
    }

    /// The number of its offer, once there is one.
    int number() {
        return number;
    }

    /// Whether it is not offered yet.
    boolean isOpening() {
        return phase == Phase.OPENING;
    }

    /// Whether the peer's answer is still to come, and nothing else of ours stands before it.
    boolean awaitsAnswer() {
        return unanswered;
    }

    /// Whether the rest of the file is still to go out, if the peer wants it.
    boolean isUnderWay() {
        return phase != Phase.CLOSING && phase != Phase.WITHDRAWN && phase != Phase.OVER;
    }

    /// The file's bytes have begun: no frame may go out until they are all out.
    boolean isSending() {
        return phase == Phase.SENDING;
    }

    /// The outcome, once it may be told; then it is told.
    @Nullable
    TransferOutcome takeOutcome() {
        TransferOutcome told = outcome;
        if (phase != Phase.CLOSING || work.isRunning() || told == null) {
            return null;
        }
        phase = unanswered ? Phase.WITHDRAWN : Phase.OVER;
        return told;
    }

    /// Does what has become possible.
    ///
    /// @param mayStart whether no offer of the peer's is to be answered first
    /// @return whether there was something
    boolean advance(boolean mayStart, IoWorker worker) {
        return switch (phase) {
            case OPENING -> !work.isRunning() && opened(worker);
            case OFFERED -> aborted && end(Kind.ABORTED, null);
            case ACCEPTED -> mayStart && start();
            case SENDING -> send(worker);
            case CLOSING, WITHDRAWN, OVER -> false;
        };
    }

    /// The peer wants the file.
    ///
    /// @return `false` when it wants one that it can't have any more: nothing sensible can be sent to it
    boolean accepted() {
        if (!unanswered || !sends.acceptOffer()) {
            return false;
        }
        unanswered = false;
        if (phase != Phase.OFFERED) {
            return false;
        }
        phase = Phase.ACCEPTED;
        return true;
    }

    /// The peer does not want the file, or not any more.
    void declined() {
        if (phase == Phase.SENDING || phase == Phase.ACCEPTED) {
            peerAborted = true;
        } else if (unanswered && sends.isOfferOut()) {
            resolve();
            if (phase == Phase.OFFERED) {
                boolean _ = end(Kind.DECLINED, null);
            } else if (phase == Phase.WITHDRAWN) {
                phase = Phase.OVER;
            }
        }
    }

    /// The time for an answer is over: first for the file, then for whether frames can be sent again.
    void timeIsOver() {
        if (phase == Phase.OFFERED) {
            boolean _ = end(Kind.UNANSWERED, null);
            if (unanswered) {
                awaitAnswer();
            }
        } else if (unanswered) {
            resolve();
            phase = phase == Phase.WITHDRAWN ? Phase.OVER : phase;
        }
    }

    /// The peer's stream has ended: what it has not answered it will not.
    void inputEnded() {
        if (unanswered) {
            resolve();
            if (phase == Phase.OFFERED) {
                boolean _ = end(Kind.CONNECTION_LOST, null);
            } else if (phase == Phase.WITHDRAWN) {
                phase = Phase.OVER;
            }
        }
    }

    /// The connection is over: nothing is in flight that the socket could still send, and no more will be.
    void connectionEnded(@Nullable Throwable cause) {
        unanswered = false;
        if (phase == Phase.WITHDRAWN) {
            phase = Phase.OVER;
        }
        boolean isHome = !work.isRunning() && !(phase == Phase.SENDING && sender.isInFlight());
        if (!isUnderWay() || !isHome) {
            return;
        }
        Throwable failure = failure();
        if (failure != null) {
            boolean _ = end(Kind.FILE_FAILED, failure);
        } else {
            boolean _ = end(aborted ? Kind.ABORTED : Kind.CONNECTION_LOST, cause);
        }
    }

    /// No packet will come any more: the outcome is told now, and what Windows may still read from stays open.
    TransferOutcome abandon(@Nullable Throwable cause) {
        TransferOutcome known = outcome;
        if (!turn.isHeld() || !sender.isInFlight()) {
            work.abandon(work::close);
        }
        phase = Phase.OVER;
        return known == null ? new TransferOutcome(Kind.CONNECTION_LOST, cause) : known;
    }

    private boolean opened(IoWorker worker) {
        Throwable failure = work.failure();
        work.takeDone();
        if (failure != null || aborted) {
            return failure != null ? end(Kind.FILE_FAILED, failure) : end(Kind.ABORTED, null);
        }
        if (sends.isOfferInQueue()) {
            return false;
        }
        IoBuffer frame = service.takeOffer(Handshake.offerBytes(name, size));
        if (frame == null) {
            memory.laterUnlessWaiting();
            return false;
        }
        memory.succeeded();
        Handshake.writeOffer(frame, name, size);
        number = sends.beginOffer();
        queue.offerFile(frame);
        frame.release();
        unanswered = true;
        phase = Phase.OFFERED;
        awaitAnswer();
        boolean _ = context.requestSends(worker);
        return true;
    }

    private boolean start() {
        sends.begin();
        phase = Phase.SENDING;
        return true;
    }

    private boolean send(IoWorker worker) {
        boolean progress = takeProgress();
        Throwable failure = failure();
        if (failure != null || aborted) {
            // The connection's end tells the outcome: nothing else could tell the peer.
            context.requestClose(new CloseReason(CloseReason.Kind.FILE_ABORTED, failure), true);
            return true;
        }
        if (transferred == size) {
            resolve();
            return end(peerAborted ? Kind.ABORTED_BY_PEER : Kind.COMPLETED, null);
        }
        return sendMore(worker) || progress;
    }

    private boolean sendMore(IoWorker worker) {
        if (work.isBusy()) {
            return !work.isRunning() && sendBuffer(worker);
        }
        if (offset == size || turn.isHeld()) {
            // What comes behind a part for TransmitFile must not overtake it.
            return false;
        }
        if (!sends.isRefused() && turn.isFree()) {
            // A part that is read ahead would keep the queue from ever being empty: so what is out comes home first.
            if (offset != transferred || sender.isInFlight()) {
                return false;
            }
            if (turn.tryTake(context.deadlines().nanoTime())) {
                transmit(worker);
                return true;
            }
        }
        turn.miss(!sends.isRefused());
        return offset - transferred <= service.options().bufferBytes() && read();
    }

    private void transmit(IoWorker worker) {
        int count = turn.partBytes(size - offset);
        sends.transmit(work.file(), offset, count);
        offset += count;
        service.countTransmit();
        boolean _ = context.requestSends(worker);
    }

    private boolean read() {
        buffer = service.takeSendBuffer();
        if (buffer == null) {
            // Perhaps peers have them who take nothing.
            relief.closeMostStalled();
            memory.laterUnlessWaiting();
            return false;
        }
        memory.succeeded();
        work.start(readPart);
        return true;
    }

    /// By a file worker.
    private void readPart() throws WindowsException {
        IoBuffer into = taken();
        bufferBytes = work.file().read(offset, into.address(), (int) Math.min(into.capacity(), size - offset));
    }

    private boolean sendBuffer(IoWorker worker) {
        work.takeDone();
        IoBuffer full = taken();
        buffer = null;
        if (bufferBytes == 0) {
            shrunk = true;
        } else {
            full.use(bufferBytes);
            queue.addForFile(full, SendNode.FILE);
            offset += bufferBytes;
            boolean _ = context.requestSends(worker);
        }
        full.release();
        return true;
    }

    private IoBuffer taken() {
        IoBuffer taken = buffer;
        if (taken == null) {
            throw new AssertionError("a part that is read has a buffer");
        }
        return taken;
    }

    private boolean takeProgress() {
        long now = sends.sentBytes();
        boolean isPartHome = turn.isHeld() && !sends.isTransmitDue() && !sender.isInFlight();
        if (isPartHome) {
            turn.give(context.deadlines().nanoTime());
            if (sends.isRefused()) {
                offset = sends.sentBytes();
            }
        }
        boolean progress = now != transferred;
        transferred = now;
        return progress;
    }

    /// What has gone wrong with the file.
    private @Nullable Throwable failure() {
        if (sends.failure() != null) {
            return sends.failure();
        }
        return shrunk ? FileSends.shrunk("ReadFile", path.toString()) : work.failure();
    }

    /// Frames may go out again.
    private void resolve() {
        unanswered = false;
        sends.endOffer();
        context.request(ConnectionContext.SEND);
    }

    private void awaitAnswer() {
        context.deadlines()
                .set(Deadlines.OFFER, service.options().offerTimeout().toNanos());
    }

    private boolean end(Kind kind, @Nullable Throwable cause) {
        outcome = new TransferOutcome(kind, cause);
        phase = Phase.CLOSING;
        // One that is not out yet nobody will answer.
        unanswered &= !sends.revokeOffer();
        sends.end();
        turn.end();
        IoBuffer left = buffer;
        buffer = null;
        if (left != null) {
            left.release();
        }
        if (work.isOpen()) {
            work.start(work::close);
        }
        return true;
    }
}
