package io.github.iocp4j;

import io.github.iocp4j.memory.BufferPool;
import io.github.iocp4j.memory.IoBuffer;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import org.jspecify.annotations.Nullable;

/// Cuts the stream of one connection into frames: the article's `ProcessPackage` (section 3.6.3), for its wire
/// format `[u32 little-endian: length of what follows][payload]`.
///
/// Chunks go in by [#feed], frames come out of [#next]. A frame that lies in one chunk is shown where it lies; one
/// that goes over several is put together in a buffer that grows as bytes arrive, never faster than the peer
/// sends. Used by one thread at a time.
final class FrameAssembler {
    /// What [#next] has found.
    enum Step {
        /// The frame is shown; [#frameDone] comes before the next step.
        FRAME,
        /// The chunk is used up.
        MORE,
        /// The announced length is above the maximum.
        TOO_LONG,
        /// The frame may not grow: the budget of unfinished frames is spent.
        NO_BUDGET,
        /// There is no buffer to put the frame together in, because replies that wait to be sent have them: try
        /// again later.
        NO_BUFFER
    }

    private static final ValueLayout.OfInt HEADER = ValueLayout.JAVA_INT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

    private final BufferPool pool;
    private final AssemblyBudget budget;
    private final int maxFrameBytes;
    private final int smallestBytes;

    private @Nullable IoBuffer chunk;
    private int position;
    private int limit;

    private int header;
    private int headerBytes;
    private @Nullable IoBuffer partial;
    private int partialBytes;

    /// @param pool where buffers for frames come from that go over several chunks
    /// @param budget how much of the pool all unfinished frames together may have
    FrameAssembler(BufferPool pool, AssemblyBudget budget, int maxFrameBytes, int smallestBytes) {
        this.pool = pool;
        this.budget = budget;
        this.maxFrameBytes = maxFrameBytes;
        this.smallestBytes = smallestBytes;
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

    /// Looks for the next frame in the chunk and shows it by `frame`. With MORE the chunk has been released.
    Step next(Frame frame) {
        IoBuffer in = chunk;
        if (in == null) {
            return Step.MORE;
        }
        if (headerBytes < SendQueue.HEADER_BYTES && !readHeader(in)) {
            return dropChunk();
        }
        if (Integer.compareUnsigned(header, maxFrameBytes) > 0) {
            return Step.TOO_LONG;
        }
        if (partial == null && limit - position >= header) {
            frame.show(in, position, header);
            position += header;
            return Step.FRAME;
        }
        return append(in, frame);
    }

    /// The frame that [#next] showed has been handled.
    void frameDone(Frame frame) {
        frame.hide();
        dropPartial();
        headerBytes = 0;
        header = 0;
        if (position == limit) {
            dropChunk();
        }
    }

    /// Whether a frame has begun that is not whole.
    boolean isInsideFrame() {
        return headerBytes > 0 || partial != null;
    }

    /// Drops chunk and partial frame, and begins anew.
    void reset() {
        dropChunk();
        dropPartial();
        headerBytes = 0;
        header = 0;
    }

    private boolean readHeader(IoBuffer in) {
        if (headerBytes == 0 && limit - position >= SendQueue.HEADER_BYTES) {
            header = in.segment().get(HEADER, position);
            position += SendQueue.HEADER_BYTES;
            headerBytes = SendQueue.HEADER_BYTES;
            return true;
        }
        while (headerBytes < SendQueue.HEADER_BYTES && position < limit) {
            int octet = Byte.toUnsignedInt(in.segment().get(ValueLayout.JAVA_BYTE, position++));
            header |= octet << (8 * headerBytes++);
        }
        return headerBytes == SendQueue.HEADER_BYTES;
    }

    private Step append(IoBuffer in, Frame frame) {
        int count = Math.min(limit - position, header - partialBytes);
        if (count > 0) {
            Step failure = makeRoom(partialBytes + count);
            IoBuffer target = partial;
            if (failure != null || target == null) {
                return failure == null ? Step.NO_BUFFER : failure;
            }
            MemorySegment.copy(in.segment(), position, target.segment(), partialBytes, count);
            partialBytes += count;
            position += count;
        }
        IoBuffer whole = partial;
        if (whole == null || partialBytes < header) {
            return dropChunk();
        }
        frame.show(whole, 0, header);
        return Step.FRAME;
    }

    /// Sees to it that the partial frame has room for `bytes` bytes.
    ///
    /// @return why it hasn't, or `null`
    private @Nullable Step makeRoom(int bytes) {
        IoBuffer old = partial;
        if (old != null && old.capacity() >= bytes) {
            return null;
        }
        IoBuffer grown = pool.take(Math.max(bytes, Math.min(header, smallestBytes)));
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

    private void dropPartial() {
        IoBuffer used = partial;
        partial = null;
        partialBytes = 0;
        if (used != null) {
            budget.giveBack(used.capacity());
            used.release();
        }
    }
}
