package io.github.iocp4j;

import io.github.iocp4j.frame.FrameCut;
import io.github.iocp4j.frame.FrameDecoder;
import io.github.iocp4j.memory.BufferPool;
import io.github.iocp4j.memory.IoBuffer;
import java.lang.foreign.MemorySegment;
import org.jspecify.annotations.Nullable;

/// Cuts the stream of one connection into frames, as the decoder of its framing says: the article's
/// `ProcessPackage` (section 3.6.3), for any protocol.
///
/// Chunks go in by [#feed], frames come out of [#next]. A frame whose payload lies in one piece in one chunk is
/// shown where it lies; any other is put together in a buffer that grows as bytes arrive, never faster than the
/// peer sends. Used by one thread at a time.
final class FrameAssembler {
    /// What [#next] has found.
    enum Step {
        /// The frame is shown; [#frameDone] comes before the next step.
        FRAME,
        /// The chunk is used up.
        MORE,
        /// The frame has, or announces, more than the maximum.
        TOO_LONG,
        /// The decoder has found something in the stream that is not of its protocol.
        MALFORMED,
        /// The frame may not grow: the budget of unfinished frames is spent.
        NO_BUDGET,
        /// There is no buffer to put the frame together in, because replies that wait to be sent have them: try
        /// again later.
        NO_BUFFER
    }

    private static final FrameDecoder NONE = (_, _, _, _) -> {
        throw new AssertionError("bytes belong to a connection");
    };

    private final BufferPool pool;
    private final AssemblyBudget budget;
    private final int maxFrameBytes;
    private final FrameCut cut;
    private final LookAhead lookAhead = new LookAhead();
    private FrameDecoder decoder = NONE;

    private @Nullable IoBuffer chunk;
    private int position;
    private int limit;

    // What the decoder has said of the bytes ahead, as far as they have not been taken.
    private long headerLeft;
    private long payloadLeft;
    private long trailerLeft;
    private boolean frameEnds;

    // The frame so far: its payload is either a piece of the chunk or in a buffer of its own.
    private boolean frameBegun;
    private int pieceOffset;
    private int pieceBytes;
    private @Nullable IoBuffer partial;
    private int partialBytes;

    /// How much of the budget the frame has.
    private volatile int heldBytes;

    /// @param pool where buffers for frames come from that go over several chunks
    /// @param budget how much of the pool all unfinished frames together may have
    FrameAssembler(BufferPool pool, AssemblyBudget budget, int maxFrameBytes) {
        this.pool = pool;
        this.budget = budget;
        this.maxFrameBytes = maxFrameBytes;
        cut = new FrameCut(maxFrameBytes);
    }

    /// Begins with a new connection.
    void begin(FrameDecoder itsDecoder) {
        decoder = itsDecoder;
    }

    /// Takes over `buffer`, whose first `length` bytes are the next ones of the stream.
    void feed(IoBuffer buffer, int length) {
        chunk = buffer;
        position = 0;
        limit = length;
    }

    boolean hasChunk() {
        return chunk != null;
    }

    /// Looks for the next frame in the chunk and shows it by `frame`. With MORE the chunk has been released. After
    /// NO_BUFFER or NO_BUDGET it may be called again.
    ///
    /// @throws RuntimeException what the decoder throws, or what it has done wrong: then the connection is over
    Step next(Frame frame) {
        IoBuffer in = chunk;
        if (in == null) {
            return Step.MORE;
        }
        while (true) {
            Step step = advance(in, frame);
            if (step != null) {
                return step;
            }
        }
    }

    /// The frame that [#next] showed has been handled.
    void frameDone(Frame frame) {
        frame.hide();
        forgetFrame();
        if (position == limit) {
            dropChunk();
        }
    }

    /// Whether a frame has begun that is not whole.
    boolean isInsideFrame() {
        return frameBegun || lookAhead.bytes() > 0;
    }

    /// How much of the budget the frame has that is not whole, in bytes. Any thread.
    int heldBytes() {
        return heldBytes;
    }

    /// What the decoder has found wrong.
    String malformation() {
        return String.valueOf(cut.malformation());
    }

    /// How many bytes there are that belong to no frame, between two of them.
    int rawBytes() {
        return chunk == null ? 0 : limit - position;
    }

    /// Appends the next `count` of these to `target`.
    void takeRaw(IoBuffer target, int count) {
        IoBuffer in = chunk;
        if (in != null) {
            MemorySegment.copy(in.segment(), position, target.segment(), target.used(), count);
            target.use(count);
            skipRaw(count);
        }
    }

    /// Throws the next `count` of these away.
    void skipRaw(int count) {
        position += count;
        if (position == limit) {
            dropChunk();
        }
    }

    /// Drops chunk and partial frame, and begins anew.
    void reset() {
        dropChunk();
        forgetFrame();
        lookAhead.clear();
        headerLeft = 0;
        payloadLeft = 0;
        trailerLeft = 0;
        decoder = NONE;
    }

    /// @return what has been found, or `null` when there is more to do first
    private @Nullable Step advance(IoBuffer in, Frame frame) {
        if ((headerLeft | payloadLeft | trailerLeft) != 0) {
            return take(in);
        }
        return frameEnds ? show(in, frame) : decode(in);
    }

    /// Asks the decoder what the next bytes are.
    private @Nullable Step decode(IoBuffer in) {
        int rest = limit - position;
        if (rest == 0) {
            return leaveChunk(in);
        }
        int visible = rest;
        cut.clear();
        if (lookAhead.bytes() > 0) {
            visible = lookAhead.show(in.segment(), position, rest);
            decoder.decode(lookAhead.memory(), 0, visible, cut);
        } else {
            decoder.decode(in.segment(), position, limit, cut);
        }
        if (cut.malformation() != null) {
            return Step.MALFORMED;
        }
        if (cut.isEmpty()) {
            return keepRest(in, visible);
        }
        if (cut.payloadBytes() > maxFrameBytes - pieceBytes - partialBytes) {
            return Step.TOO_LONG;
        }
        headerLeft = cut.headerBytes();
        payloadLeft = cut.payloadBytes();
        trailerLeft = cut.trailerBytes();
        frameEnds = cut.isEnd();
        frameBegun = true;
        return null;
    }

    /// Takes what the decoder has spoken of, as far as it is there.
    private @Nullable Step take(IoBuffer in) {
        headerLeft -= skip(headerLeft);
        Step failure = headerLeft == 0 ? takePayload(in) : null;
        if (failure != null) {
            return failure;
        }
        if ((headerLeft | payloadLeft) == 0) {
            trailerLeft -= skip(trailerLeft);
        }
        return (headerLeft | payloadLeft | trailerLeft) == 0 ? null : leaveChunk(in);
    }

    /// @return how many bytes of `count` there were
    private long skip(long count) {
        long kept = lookAhead.drop(count);
        int skipped = (int) Math.min(count - kept, limit - position);
        position += skipped;
        return kept + skipped;
    }

    private @Nullable Step takePayload(IoBuffer in) {
        int kept = (int) Math.min(payloadLeft, lookAhead.bytes());
        if (kept > 0) {
            Step failure = append(lookAhead.memory(), 0, kept);
            if (failure != null) {
                return failure;
            }
            payloadLeft -= lookAhead.drop(kept);
        }
        int count = (int) Math.min(payloadLeft, limit - position);
        if (partial == null && (pieceBytes == 0 || pieceOffset + pieceBytes == position)) {
            pieceOffset = position - pieceBytes;
            pieceBytes += count;
        } else if (count > 0) {
            Step failure = leavePiece(in);
            failure = failure != null ? failure : append(in.segment(), position, count);
            if (failure != null) {
                return failure;
            }
        }
        position += count;
        payloadLeft -= count;
        return null;
    }

    private Step show(IoBuffer in, Frame frame) {
        IoBuffer whole = partial;
        if (whole == null) {
            frame.show(in, pieceOffset, pieceBytes);
        } else {
            frame.show(whole, 0, partialBytes);
        }
        return Step.FRAME;
    }

    /// Keeps what the decoder could not decide on, until more has come.
    private Step keepRest(IoBuffer in, int visible) {
        if (cut.isEnd()) {
            throw new IllegalStateException(decoder + " ended a frame without taking any byte");
        }
        if (visible >= LookAhead.BYTES) {
            throw new IllegalStateException(
                    decoder + " took none of " + visible + " bytes: it must decide on " + LookAhead.BYTES);
        }
        lookAhead.keep(in.segment(), position, limit - position);
        position = limit;
        return leaveChunk(in);
    }

    /// The chunk is used up, and the frame goes on.
    private Step leaveChunk(IoBuffer in) {
        Step failure = leavePiece(in);
        return failure == null ? dropChunk() : failure;
    }

    /// Copies what the frame has in the chunk.
    private @Nullable Step leavePiece(IoBuffer in) {
        Step failure = append(in.segment(), pieceOffset, pieceBytes);
        if (failure == null) {
            pieceBytes = 0;
        }
        return failure;
    }

    private @Nullable Step append(MemorySegment from, int offset, int count) {
        if (count == 0) {
            return null;
        }
        Step failure = makeRoom(partialBytes + count);
        IoBuffer target = partial;
        if (failure != null || target == null) {
            return failure == null ? Step.NO_BUFFER : failure;
        }
        MemorySegment.copy(from, offset, target.segment(), partialBytes, count);
        partialBytes += count;
        return null;
    }

    /// Sees to it that the partial frame has room for `bytes` bytes.
    ///
    /// @return why it hasn't, or `null`
    private @Nullable Step makeRoom(int bytes) {
        IoBuffer old = partial;
        if (old != null && old.capacity() >= bytes) {
            return null;
        }
        IoBuffer grown = pool.take(bytes);
        if (grown == null) {
            return Step.NO_BUFFER;
        }
        if (!budget.reserve(grown.capacity())) {
            grown.release();
            return Step.NO_BUDGET;
        }
        if (old != null) {
            MemorySegment.copy(old.segment(), 0, grown.segment(), 0, partialBytes);
            budget.giveBack(old.capacity());
            old.release();
        }
        partial = grown;
        heldBytes = grown.capacity();
        return null;
    }

    private Step dropChunk() {
        IoBuffer used = chunk;
        chunk = null;
        if (used != null) {
            used.release();
        }
        return Step.MORE;
    }

    private void forgetFrame() {
        dropPartial();
        pieceBytes = 0;
        frameEnds = false;
        frameBegun = false;
    }

    private void dropPartial() {
        IoBuffer used = partial;
        partial = null;
        partialBytes = 0;
        if (used != null) {
            heldBytes = 0;
            budget.giveBack(used.capacity());
            used.release();
        }
    }
}
