package io.github.iocp4j.memory;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class BufferPoolTest {
    private static BufferPool pool(int smallest, int largest, long limit, int keep) {
        return new BufferPool(Arena::ofShared, smallest, largest, limit, keep);
    }

    @ParameterizedTest
    @CsvSource({"0, 256", "1, 256", "256, 256", "257, 512", "1024, 1024", "1025, 2048", "2049, 3000", "3000, 3000"})
    void lendsTheSmallestSizeThatFits(int bytes, int capacity) {
        try (BufferPool pool = pool(256, 3000, 100_000, BufferPool.UNLIMITED)) {
            IoBuffer buffer = pool.take(bytes);
            assertEquals(capacity, buffer.capacity());
            buffer.release();
        }
    }

    @Test
    void refusesSizesThatItHasNot() {
        try (BufferPool pool = pool(256, 1024, 10_000, 0)) {
            assertThrows(IllegalArgumentException.class, () -> pool.take(1025));
            assertThrows(IllegalArgumentException.class, () -> pool.take(-1));
        }
    }

    @Test
    void lendsNothingAboveItsLimit() {
        try (BufferPool pool = pool(256, 256, 600, BufferPool.UNLIMITED)) {
            IoBuffer one = pool.take(1);
            IoBuffer two = pool.take(1);
            assertNull(pool.take(1));
            assertEquals(512, pool.allocatedBytes());
            one.release();
            assertSame(one, pool.take(1));
            one.release();
            two.release();
        }
    }

    @Test
    void freesOtherSizesWhenTheLimitIsReached() {
        try (BufferPool pool = pool(256, 1024, 1024, BufferPool.UNLIMITED)) {
            pool.take(256).release();
            IoBuffer large = pool.take(1024);
            assertNotNull(large);
            assertEquals(1024, pool.allocatedBytes());
            large.release();
        }
    }

    @Test
    void returnsABufferWithItsLastReference() {
        try (BufferPool pool = pool(256, 256, 1024, BufferPool.UNLIMITED)) {
            IoBuffer buffer = pool.take(1);
            buffer.retain();
            buffer.release();
            assertEquals(1, pool.buffersOut());
            buffer.release();
            assertEquals(0, pool.buffersOut());
        }
    }

    @Test
    void refusesReferencesToABufferThatIsFree() {
        try (BufferPool pool = pool(256, 256, 1024, BufferPool.UNLIMITED)) {
            IoBuffer buffer = pool.take(1);
            buffer.release();
            assertThrows(IllegalStateException.class, buffer::retain);
            assertThrows(IllegalStateException.class, buffer::release);
            assertEquals(0, pool.buffersOut());
        }
    }

    @Test
    void keepsAsManyFreeBuffersAsAsked() {
        try (BufferPool pool = pool(256, 256, 4096, 1)) {
            IoBuffer one = pool.take(1);
            IoBuffer two = pool.take(1);
            one.release();
            two.release();
            assertEquals(256, pool.allocatedBytes());
        }
    }

    @Test
    void freesWhatIsOutOnlyWithItsLastReference() {
        BufferPool pool = pool(256, 256, 4096, BufferPool.UNLIMITED);
        IoBuffer out = pool.take(1);
        pool.take(1).release();
        pool.close();
        assertEquals(256, pool.allocatedBytes());
        MemorySegment memory = out.segment();
        assertTrue(memory.scope().isAlive());
        assertNull(pool.take(1));
        out.release();
        assertEquals(0, pool.allocatedBytes());
        assertFalse(memory.scope().isAlive());
    }

    @ParameterizedTest
    @CsvSource({"256, 256", "4096, 4096", "65536, 4096"})
    void crossesNoPageThatItNeedNot(int bytes, int alignment) {
        try (BufferPool pool = pool(bytes, bytes, 1 << 20, BufferPool.UNLIMITED)) {
            IoBuffer buffer = pool.take(bytes);
            assertEquals(0, buffer.address() % alignment);
            buffer.release();
        }
    }
}
