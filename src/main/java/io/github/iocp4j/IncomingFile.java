package io.github.iocp4j;

import io.github.iocp4j.error.WindowsException;
import io.github.iocp4j.memory.IoBuffer;
import io.github.iocp4j.transfer.FileOffer;
import io.github.iocp4j.transfer.FileTransfer;
import io.github.iocp4j.transfer.TransferOutcome;
import io.github.iocp4j.transfer.TransferOutcome.Kind;
import java.nio.file.Path;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/// A file that the peer offers, and then sends: the article's `PrepareReceiveFile`, `AddToFile`,
/// `DisableRecevideFile`.
///
/// ```text
/// OFFERED -> OPENING -> RECEIVING -> FINISHING -> OVER
///    |          |           \----> DISCARDING --> OVER    given up, or it can't be written: the rest is thrown away
///    \----------\--- declined ----------------> OVER
/// ```
/// What is received is put together in a buffer, which a file worker writes when it is full or when nothing more
/// has arrived; meanwhile nothing is received. For the holder of the turn, but for what the interfaces promise.
final class IncomingFile implements FileOffer, FileTransfer {
    private enum Phase {
        OFFERED,
        OPENING,
        RECEIVING,
        FINISHING,
        DISCARDING,
        OVER
    }

    /// The answer to the offer, given once by any thread: with a path it is accepted. Compared by identity.
    private static final class Answer {
        static final Answer NONE = new Answer(null);
        static final Answer DECLINED = new Answer(null);
        static final Answer EXPIRED = new Answer(null);

        private final @Nullable Path path;

        Answer(@Nullable Path path) {
            this.path = path;
        }
    }

    private final ConnectionContext context;
    private final int generation;
    private final FileService service;
    private final String name;
    private final long size;
    private final FileWork work;
    private final FileWork.Step writePart = this::writePart;
    private final MemoryRetry memory;
    private final PeerWatch silence;
    private final AtomicReference<Answer> answer = new AtomicReference<>(Answer.NONE);
    private volatile long transferred;
    private volatile boolean aborted;
    private Phase phase = Phase.OFFERED;
    private long left;
    private boolean told;

    /// The peer's stream has ended before the file.
    private boolean lost;

    private @Nullable PartialFile partial;
    private @Nullable IoBuffer buffer;
    private @Nullable TransferOutcome outcome;

    /// @param silence what notices that nothing comes of it
    IncomingFile(
            ConnectionContext context,
            int generation,
            FileService service,
            MemoryRetry memory,
            PeerWatch silence,
            String name,
            long size) {
        this.context = context;
        this.generation = generation;
        this.service = service;
        this.memory = memory;
        this.silence = silence;
        work = new FileWork(context, service);
        this.name = name;
        this.size = size;
        left = size;
    }

    @Override
    public boolean isOutgoing() {
        return false;
    }

    @Override
    public String name() {
        return name;
    }

    @Override
    public Path path() {
        Path accepted = answer.get().path;
        if (accepted == null) {
            throw new IllegalStateException("an offer has no path until it is accepted");
        }
        return accepted;
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
    public @Nullable FileTransfer accept(Path to) {
        if (!isUndecided() || !context.tryEnter(generation)) {
            return null;
        }
        boolean first = answer.compareAndSet(Answer.NONE, new Answer(to));
        context.request(ConnectionContext.TURN);
        context.exitFromOutside();
        return first ? this : null;
    }

    @Override
    public void decline() {
        if (answer.compareAndSet(Answer.NONE, Answer.DECLINED)) {
            context.requestTurn(generation);
        }
    }

    @Override
    public void abort() {
        aborted = true;
        context.requestTurn(generation);
    }

    boolean isOver() {
        return phase == Phase.OVER;
    }

    /// Whether it can still be accepted.
    boolean isUndecided() {
        return answer.get() == Answer.NONE;
    }

    /// Whether the peer waits for an answer.
    boolean isUnanswered() {
        return phase == Phase.OFFERED || phase == Phase.OPENING;
    }

    /// Whether the offer was not answered, and a new one takes its place.
    boolean giveWay() {
        if (phase != Phase.OFFERED || !answer.compareAndSet(Answer.NONE, Answer.EXPIRED)) {
            return false;
        }
        phase = Phase.OVER;
        return true;
    }

    /// Whether the next bytes of the stream, behind our answer, are the file's.
    boolean takesBytes() {
        return left > 0 && (phase == Phase.RECEIVING || phase == Phase.DISCARDING);
    }

    /// Whether what has been received has to be written before more is, or a file put away that comes no more:
    /// behind it the next offer may be.
    boolean holdsReading() {
        // Until its outcome has been looked at, too: the buffer has what was written until then.
        boolean isWriting = (phase == Phase.RECEIVING || phase == Phase.FINISHING) && work.isBusy();
        return isWriting || (phase == Phase.DISCARDING && left == 0 && !told);
    }

    /// Takes bytes of the file out of what has been received.
    ///
    /// @return whether any were taken
    boolean take(FrameAssembler stream) {
        int count = (int) Math.min(left, stream.rawBytes());
        if (phase == Phase.DISCARDING) {
            stream.skipRaw(count);
            took(count);
            if (left == 0 && told) {
                phase = Phase.OVER;
            }
            return true;
        }
        if (work.isBusy()) {
            // The buffer is the file worker's; when its step is done, the turn comes back.
            return false;
        }
        IoBuffer into = buffer;
        if (into == null) {
            into = service.takeReceiveBuffer();
            buffer = into;
        }
        if (into == null) {
            silence.holdUp();
            memory.laterUnlessWaiting();
            return false;
        }
        memory.succeeded();
        int fitting = Math.min(count, into.capacity() - into.used());
        stream.takeRaw(into, fitting);
        took(fitting);
        if (left == 0 || into.used() == into.capacity()) {
            work.start(writePart);
        }
        return true;
    }

    /// Nothing more has arrived for now: what there is, is written, and the buffer is for others.
    void nothingArrived() {
        IoBuffer filled = buffer;
        if (phase != Phase.RECEIVING || filled == null || work.isBusy()) {
            return;
        }
        if (filled.used() > 0) {
            work.start(writePart);
        } else {
            releaseBuffer();
        }
    }

    /// The time for an answer to the offer is over.
    void expire() {
        boolean _ = answer.compareAndSet(Answer.NONE, Answer.EXPIRED);
    }

    /// The peer's stream has ended: no more will come.
    void inputEnded() {
        expire();
        if (left > 0) {
            // Unless this side gave it up before.
            lost = !aborted;
            left = 0;
            silence.end();
            phase = phase == Phase.DISCARDING && told ? Phase.OVER : phase;
        }
    }

    /// The outcome, once it may be told; then it is told.
    @Nullable
    TransferOutcome takeOutcome() {
        TransferOutcome known = outcome;
        if (told || known == null || work.isRunning()) {
            return null;
        }
        told = true;
        if (phase == Phase.FINISHING || left == 0) {
            phase = Phase.OVER;
        }
        return known;
    }

    /// Does what has become possible.
    ///
    /// @param answers how the peer is answered
    /// @return whether there was something
    boolean advance(ConnectionFiles answers) {
        return switch (phase) {
            case OFFERED -> decide(answers);
            case OPENING -> !work.isRunning() && opened(answers);
            case RECEIVING -> !work.isRunning() && received();
            case FINISHING -> !work.isRunning() && outcome == null && finished();
            case DISCARDING, OVER -> false;
        };
    }

    /// The connection is over.
    void connectionEnded(@Nullable Throwable cause) {
        if (phase == Phase.OFFERED) {
            expire();
            left = 0;
            if (answer.get().path != null) {
                giveUp(kindOfLoss(), cause);
            } else {
                phase = Phase.OVER;
            }
        } else if (phase == Phase.DISCARDING) {
            left = 0;
            phase = told ? Phase.OVER : phase;
        } else if ((phase == Phase.OPENING || phase == Phase.RECEIVING) && !work.isRunning()) {
            Throwable failure = work.failure();
            left = 0;
            giveUp(failure != null ? Kind.FILE_FAILED : kindOfLoss(), failure != null ? failure : cause);
        }
    }

    /// No packet will come any more: the outcome is told now.
    ///
    /// @return the outcome, or `null` when there is none to tell
    @Nullable
    TransferOutcome abandon(@Nullable Throwable cause) {
        boolean isOwed = answer.get().path != null && !told;
        work.abandon(this::cleanUp);
        told = true;
        phase = Phase.OVER;
        TransferOutcome known = outcome;
        return isOwed ? (known == null ? new TransferOutcome(Kind.CONNECTION_LOST, cause) : known) : null;
    }

    private boolean decide(ConnectionFiles answers) {
        Answer given = answer.get();
        Path accepted = given.path;
        if (accepted != null) {
            phase = Phase.OPENING;
            PartialFile fresh = new PartialFile(work, accepted);
            partial = fresh;
            work.start(fresh::create);
        } else if (given != Answer.NONE) {
            service.countDeclined();
            answers.decline();
            phase = Phase.OVER;
        }
        return phase != Phase.OFFERED;
    }

    private boolean opened(ConnectionFiles answers) {
        Throwable failure = work.failure();
        work.takeDone();
        if (failure != null || aborted || lost) {
            left = 0;
            answers.decline();
            giveUp(failure != null ? Kind.FILE_FAILED : kindOfLoss(), failure);
        } else {
            answers.start();
            phase = Phase.RECEIVING;
            if (left > 0) {
                silence.begin();
            }
        }
        return true;
    }

    private boolean received() {
        boolean wrote = work.isBusy();
        Throwable failure = work.failure();
        work.takeDone();
        IoBuffer filled = buffer;
        if (wrote && filled != null) {
            long before = transferred;
            transferred = before + filled.used();
            filled.clear();
            if (left == 0 || failure != null) {
                releaseBuffer();
            }
        }
        if (failure != null) {
            giveUp(Kind.FILE_FAILED, failure);
        } else if (lost || (aborted && transferred < size)) {
            giveUp(kindOfLoss(), null);
        } else if (left == 0 && transferred == size) {
            phase = Phase.FINISHING;
            work.start(written()::complete);
        } else {
            return wrote;
        }
        return true;
    }

    private boolean finished() {
        Throwable failure = work.failure();
        work.takeDone();
        if (failure == null) {
            outcome = new TransferOutcome(Kind.COMPLETED, null);
        } else {
            giveUp(Kind.FILE_FAILED, failure);
        }
        return true;
    }

    private Kind kindOfLoss() {
        return aborted && !lost ? Kind.ABORTED : Kind.CONNECTION_LOST;
    }

    /// The file will not be complete. What still comes of it is thrown away.
    private void giveUp(Kind kind, @Nullable Throwable cause) {
        outcome = new TransferOutcome(kind, cause);
        phase = Phase.DISCARDING;
        releaseBuffer();
        work.start(this::cleanUp);
    }

    private void took(int count) {
        left -= count;
        if (left == 0) {
            silence.end();
        } else {
            silence.progressed();
        }
    }

    /// By a file worker.
    private void writePart() throws WindowsException {
        IoBuffer filled = buffer;
        if (filled == null) {
            throw new AssertionError("a part that is written has a buffer");
        }
        written().write(transferred, filled);
    }

    private void releaseBuffer() {
        IoBuffer used = buffer;
        buffer = null;
        if (used != null) {
            used.release();
        }
    }

    private PartialFile written() {
        PartialFile written = partial;
        if (written == null) {
            throw new AssertionError("a file that is received is on the disk");
        }
        return written;
    }

    /// By a file worker, unless there is none any more.
    private void cleanUp() {
        PartialFile left = partial;
        if (left == null) {
            return;
        }
        if (service.options().keepPartial()) {
            left.keep();
        } else {
            left.delete();
        }
    }
}
