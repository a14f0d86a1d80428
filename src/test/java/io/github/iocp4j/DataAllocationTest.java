package io.github.iocp4j;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.iocp4j.memory.BufferPool;
import io.github.iocp4j.memory.IoBuffer;
import io.github.iocp4j.testing.AllocatedBytes;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.util.Objects;
import java.util.function.LongSupplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/// What access to data allocates on the Java heap: nothing, and views one small object each.
class DataAllocationTest {
    private static final int WARM_UP = 200_000;
    private static final int ROUNDS = 1_000_000;
    private static final long MOST_BYTES = 1024;
    private static final int SMALL_OBJECT = 64;

    private final BufferPool pool = new BufferPool(Arena::ofShared, 256, 256, 1024, BufferPool.UNLIMITED);
    private final IoBuffer buffer = Objects.requireNonNull(pool.take(256));
    private final Frame frame = new Frame(pool);
    private final byte[] array = new byte[40];
    private final MemorySegment segment = MemorySegment.ofArray(array);
    private final ByteBuffer heap = ByteBuffer.wrap(array);
    private Frame kept = frame;
    private long sum;

    @AfterEach
    void nothingIsLeftOver() {
        frame.hide();
        buffer.release();
        assertEquals(0, pool.buffersOut());
        pool.close();
    }

    @Test
    void putsAllocateNothing() {
        allocates(0, () -> {
            buffer.clear()
                    .appendByte(1)
                    .appendShort(2)
                    .appendShortBigEndian(3)
                    .appendInt(4)
                    .appendIntBigEndian(5)
                    .appendLong(6)
                    .appendLongBigEndian(7)
                    .appendBytes(array)
                    .appendBytes(segment)
                    .appendBytes(heap)
                    .appendFrame(segment)
                    .putInt(200, 8);
            return buffer.used();
        });
    }

    @Test
    void getsOfABufferAllocateNothing() {
        buffer.use(256);
        allocates(0, () -> {
            buffer.copyTo(1, array, 0, 40);
            buffer.copyTo(2, segment, 0, 40);
            buffer.copyTo(3, heap.clear(), 40);
            return buffer.getByte(0)
                    + buffer.getUnsignedByte(1)
                    + buffer.getShort(2)
                    + buffer.getUnsignedShortBigEndian(3)
                    + buffer.getInt(4)
                    + buffer.getUnsignedInt(5)
                    + buffer.getIntBigEndian(6)
                    + buffer.getLong(7)
                    + buffer.getLongBigEndian(8);
        });
    }

    @Test
    void getsOfAFrameAllocateNothing() {
        allocates(0, () -> {
            frame.show(buffer, 3, 200);
            frame.copyTo(1, array, 0, 40);
            frame.copyTo(2, segment, 0, 40);
            frame.copyTo(3, heap.clear(), 40);
            long read = frame.getByte(0)
                    + frame.getUnsignedByte(1)
                    + frame.getShort(2)
                    + frame.getUnsignedShortBigEndian(3)
                    + frame.getInt(4)
                    + frame.getUnsignedInt(5)
                    + frame.getIntBigEndian(6)
                    + frame.getLong(7)
                    + frame.getLongBigEndian(8);
            frame.hide();
            return read;
        });
    }

    @Test
    void partsAndRetainedFramesAreOneSmallObject() {
        frame.show(buffer, 3, 200);
        buffer.putInt(3, 100);
        allocates(SMALL_OBJECT, () -> keep(frame.slice(1, 50)));
        allocates(SMALL_OBJECT, () -> keep(frame.getFrame(0)));
        allocates(SMALL_OBJECT, () -> {
            RetainedFrame retained = frame.retain();
            long length = keep(retained);
            retained.close();
            return length;
        });
    }

    /// Whoever keeps an object needs it on the heap.
    private long keep(Frame each) {
        kept = each;
        return kept.length();
    }

    private void allocates(int bytesARound, LongSupplier round) {
        run(WARM_UP, round);
        run(WARM_UP, round);
        AllocatedBytes allocated = AllocatedBytes.ofCurrentThread();
        run(ROUNDS, round);
        long bytes = allocated.sinceThen();
        assertTrue(bytes < MOST_BYTES + (long) bytesARound * ROUNDS, () -> bytes + " bytes in " + ROUNDS + " rounds");
        assertNotEquals(Long.MIN_VALUE, sum, "what was read is used");
    }

    private void run(int rounds, LongSupplier round) {
        for (int i = 0; i < rounds; i++) {
            sum += round.getAsLong();
        }
    }
}
