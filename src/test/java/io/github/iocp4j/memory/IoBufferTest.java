package io.github.iocp4j.memory;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.nio.ReadOnlyBufferException;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class IoBufferTest {
    private static final int CAPACITY = 64;
    private static final byte STALE = (byte) 0xEE;

    private final BufferPool pool = new BufferPool(Arena::ofShared, CAPACITY, CAPACITY, 1024, BufferPool.UNLIMITED);
    private final IoBuffer buffer = take();

    @AfterEach
    void nothingIsLeftOver() {
        buffer.release();
        assertEquals(0, pool.buffersOut());
        pool.close();
    }

    /// A buffer whose memory another user has filled.
    private IoBuffer take() {
        IoBuffer taken = Objects.requireNonNull(pool.take(CAPACITY));
        taken.segment().fill(STALE);
        return taken;
    }

    /// An access to integers of one kind: how many bytes, and how they lie.
    record Kind(String name, int bytes, boolean bigEndian, Put put, Append append, Get get) {
        interface Put {
            IoBuffer put(IoBuffer buffer, int index, long value);
        }

        interface Append {
            IoBuffer append(IoBuffer buffer, long value);
        }

        interface Get {
            long get(IoBuffer buffer, int index);
        }

        /// What lies in the buffer for a value.
        byte[] encode(long value) {
            byte[] encoded = new byte[bytes];
            for (int i = 0; i < bytes; i++) {
                encoded[bigEndian ? bytes - 1 - i : i] = (byte) (value >>> (8 * i));
            }
            return encoded;
        }

        long signed(long value) {
            return value << (64 - 8 * bytes) >> (64 - 8 * bytes);
        }

        @Override
        public String toString() {
            return name;
        }
    }

    static Stream<Kind> kinds() {
        return Stream.of(
                new Kind(
                        "byte",
                        1,
                        false,
                        (b, i, v) -> b.putByte(i, (int) v),
                        (b, v) -> b.appendByte((int) v),
                        IoBuffer::getByte),
                new Kind(
                        "short",
                        2,
                        false,
                        (b, i, v) -> b.putShort(i, (int) v),
                        (b, v) -> b.appendShort((int) v),
                        IoBuffer::getShort),
                new Kind(
                        "short, big-endian",
                        2,
                        true,
                        (b, i, v) -> b.putShortBigEndian(i, (int) v),
                        (b, v) -> b.appendShortBigEndian((int) v),
                        IoBuffer::getShortBigEndian),
                new Kind(
                        "int",
                        4,
                        false,
                        (b, i, v) -> b.putInt(i, (int) v),
                        (b, v) -> b.appendInt((int) v),
                        IoBuffer::getInt),
                new Kind(
                        "int, big-endian",
                        4,
                        true,
                        (b, i, v) -> b.putIntBigEndian(i, (int) v),
                        (b, v) -> b.appendIntBigEndian((int) v),
                        IoBuffer::getIntBigEndian),
                new Kind("long", 8, false, IoBuffer::putLong, IoBuffer::appendLong, IoBuffer::getLong),
                new Kind(
                        "long, big-endian",
                        8,
                        true,
                        IoBuffer::putLongBigEndian,
                        IoBuffer::appendLongBigEndian,
                        IoBuffer::getLongBigEndian));
    }

    @ParameterizedTest
    @MethodSource("kinds")
    void putsIntegersInTheirByteOrder(Kind kind) {
        long value = 0x8182_8384_8586_8788L;
        assertSame(buffer, kind.put().put(buffer, 3, value));
        assertArrayEquals(kind.encode(value), buffer.getBytes(3, kind.bytes()));
        assertEquals(3 + kind.bytes(), buffer.used());
        assertEquals(kind.signed(value), kind.get().get(buffer, 3));
        assertEquals(STALE, buffer.segment().get(ValueLayout.JAVA_BYTE, 3 + kind.bytes()));
    }

    @ParameterizedTest
    @MethodSource("kinds")
    void putsIntegersUpToTheCapacity(Kind kind) {
        int last = CAPACITY - kind.bytes();
        kind.put().put(buffer, 0, 1);
        kind.put().put(buffer, last, 2);
        assertEquals(1, kind.get().get(buffer, 0));
        assertEquals(2, kind.get().get(buffer, last));
        assertEquals(CAPACITY, buffer.used());
        for (int index : beyond(last + 1)) {
            refuses(() -> kind.put().put(buffer, index, -1));
        }
        refuses(() -> kind.append().append(buffer, -1));
    }

    @ParameterizedTest
    @MethodSource("kinds")
    void getsIntegersOfTheDataOnly(Kind kind) {
        buffer.use(20);
        int last = 20 - kind.bytes();
        kind.put().put(buffer, 0, 1);
        kind.put().put(buffer, last, 2);
        assertEquals(1, kind.get().get(buffer, 0));
        assertEquals(2, kind.get().get(buffer, last));
        for (int index : beyond(last + 1)) {
            refuses(() -> kind.get().get(buffer, index));
        }
    }

    @ParameterizedTest
    @MethodSource("kinds")
    void appendsIntegersAfterTheData(Kind kind) {
        buffer.appendByte(1);
        for (int i = 0; 1 + (i + 1) * kind.bytes() <= CAPACITY; i++) {
            assertSame(buffer, kind.append().append(buffer, -i));
            assertEquals(1 + (i + 1) * kind.bytes(), buffer.used());
        }
        for (int i = 0; 1 + (i + 1) * kind.bytes() <= CAPACITY; i++) {
            assertEquals(-i, kind.get().get(buffer, 1 + i * kind.bytes()));
        }
        refuses(() -> kind.append().append(buffer, -1));
    }

    @ParameterizedTest
    @MethodSource("kinds")
    void returnsRandomIntegersAsTheyWerePut(Kind kind) {
        Random random = new Random(7);
        for (int i = 0; i < 2000; i++) {
            byte[] before = contents();
            long value = random.nextLong();
            int index = random.nextInt(CAPACITY - kind.bytes() + 1);
            kind.put().put(buffer, index, value);
            System.arraycopy(kind.encode(value), 0, before, index, kind.bytes());
            if (buffer.used() == CAPACITY) {
                assertArrayEquals(before, contents());
            }
            assertEquals(kind.signed(value), kind.get().get(buffer, index));
        }
    }

    @Test
    void getsUnsignedIntegers() {
        buffer.appendLong(-1).appendLong(0x0102_0304_0506_0708L);
        assertEquals(255, buffer.getUnsignedByte(0));
        assertEquals(65_535, buffer.getUnsignedShort(0));
        assertEquals(65_535, buffer.getUnsignedShortBigEndian(0));
        assertEquals(0xFFFF_FFFFL, buffer.getUnsignedInt(0));
        assertEquals(0xFFFF_FFFFL, buffer.getUnsignedIntBigEndian(0));
        assertEquals(0x08, buffer.getUnsignedByte(8));
        assertEquals(0x0708, buffer.getUnsignedShort(8));
        assertEquals(0x0807, buffer.getUnsignedShortBigEndian(8));
        assertEquals(0x0506_0708L, buffer.getUnsignedInt(8));
        assertEquals(0x0807_0605L, buffer.getUnsignedIntBigEndian(8));
        refuses(() -> buffer.getUnsignedByte(16));
        refuses(() -> buffer.getUnsignedShort(15));
        refuses(() -> buffer.getUnsignedShortBigEndian(15));
        refuses(() -> buffer.getUnsignedInt(13));
        refuses(() -> buffer.getUnsignedIntBigEndian(13));
    }

    @Test
    void hasNoDataWhenItComesFromItsPool() {
        buffer.appendLong(5);
        IoBuffer other = take();
        other.appendLong(5).release();
        IoBuffer again = pool.take(1);
        assertSame(other, again);
        assertEquals(0, again.used());
        assertThrows(IndexOutOfBoundsException.class, () -> again.getByte(0));
        again.release();
    }

    @Test
    void fillsGapsWithZeros() {
        buffer.appendByte(1);
        buffer.putByte(6, 2);
        assertArrayEquals(new byte[] {1, 0, 0, 0, 0, 0, 2}, buffer.getBytes(0, buffer.used()));
        buffer.putBytes(20, new byte[0], 0, 0);
        assertEquals(7, buffer.used());
        buffer.putFrame(9, MemorySegment.ofArray(new byte[] {3}));
        assertArrayEquals(new byte[] {2, 0, 0, 1, 0, 0, 0, 3}, buffer.getBytes(6, buffer.used() - 6));
    }

    @Test
    void countsWhatOthersHaveWritten() {
        buffer.use(10);
        assertEquals(STALE, buffer.getByte(9));
        refuses(() -> buffer.use(CAPACITY - 9));
        refuses(() -> buffer.use(-1));
        refuses(() -> buffer.use(Integer.MAX_VALUE));
        buffer.use(CAPACITY - 10);
        assertEquals(CAPACITY, buffer.clear().used() + buffer.capacity());
    }

    @Test
    void copiesArraysInAndOut() {
        byte[] bytes = random(20);
        buffer.appendByte(1).appendBytes(bytes);
        assertArrayEquals(bytes, buffer.getBytes(1, 20));
        buffer.putBytes(2, bytes, 5, 4);
        assertArrayEquals(Arrays.copyOfRange(bytes, 5, 9), buffer.getBytes(2, 4));
        byte[] out = new byte[10];
        buffer.copyTo(3, out, 7, 3);
        assertArrayEquals(Arrays.copyOfRange(bytes, 6, 9), Arrays.copyOfRange(out, 7, 10));
        assertArrayEquals(new byte[0], buffer.getBytes(21, 0));
        refuses(() -> buffer.getBytes(22, 0));
        refuses(() -> buffer.getBytes(20, 2));
        refuses(() -> buffer.getBytes(0, -1));
        refuses(() -> buffer.getBytes(4, Integer.MAX_VALUE));
        refuses(() -> buffer.copyTo(19, out, 0, 3));
        refuses(() -> buffer.copyTo(0, out, 8, 3));
        refuses(() -> buffer.copyTo(0, out, 0, -1));
        refuses(() -> buffer.putBytes(0, bytes, 18, 3));
        refuses(() -> buffer.putBytes(0, bytes, 1, Integer.MAX_VALUE));
        refuses(() -> buffer.putBytes(CAPACITY - 3, bytes, 0, 4));
        refuses(() -> buffer.putBytes(-1, bytes, 0, 4));
        refuses(() -> buffer.putBytes(Integer.MAX_VALUE, bytes, 0, 4));
        refuses(() -> buffer.appendBytes(new byte[CAPACITY - 20]));
        buffer.appendBytes(new byte[CAPACITY - 21]);
        assertEquals(CAPACITY, buffer.used());
    }

    @Test
    void copiesSegmentsInAndOut() {
        byte[] bytes = random(20);
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment outside = arena.allocate(20);
            outside.copyFrom(MemorySegment.ofArray(bytes));
            buffer.appendBytes(outside).putBytes(30, MemorySegment.ofArray(bytes));
            assertArrayEquals(bytes, buffer.getBytes(0, 20));
            assertArrayEquals(bytes, buffer.getBytes(30, 20));
            outside.fill((byte) 0);
            buffer.copyTo(0, outside, 15, 5);
            assertArrayEquals(Arrays.copyOf(bytes, 5), outside.asSlice(15).toArray(ValueLayout.JAVA_BYTE));
            refuses(() -> buffer.copyTo(0, outside, 16, 5));
            refuses(() -> buffer.copyTo(46, outside, 0, 5));
            refuses(() -> buffer.copyTo(0, outside.asReadOnly(), 0, 5), IllegalArgumentException.class);
            refuses(() -> buffer.putBytes(CAPACITY - 19, outside));
            refuses(() -> buffer.appendBytes(outside));
        }
        // An overlapping copy moves the bytes as they were.
        buffer.putBytes(5, buffer.segment().asSlice(0, 20));
        assertArrayEquals(bytes, buffer.getBytes(5, 20));
    }

    @Test
    void readsNothingOfAClosedSegment() {
        MemorySegment closed;
        try (Arena arena = Arena.ofConfined()) {
            closed = arena.allocate(8);
        }
        buffer.appendByte(7);
        refuses(() -> buffer.appendBytes(closed), IllegalStateException.class);
        refuses(() -> buffer.appendFrame(closed), IllegalStateException.class);
    }

    @Test
    void copiesByteBuffersInAndOut() {
        byte[] bytes = random(12);
        ByteBuffer direct = ByteBuffer.allocateDirect(12).put(bytes).position(2).limit(10);
        ByteBuffer part = ByteBuffer.wrap(bytes).slice(1, 11).position(1).limit(9);
        for (ByteBuffer source : new ByteBuffer[] {direct, part, part.asReadOnlyBuffer()}) {
            int position = source.position();
            int at = buffer.used();
            buffer.appendBytes(source);
            assertArrayEquals(Arrays.copyOfRange(bytes, 2, 10), buffer.getBytes(at, 8));
            assertEquals(position, source.position());
            assertEquals(8, source.remaining());
        }
        buffer.putBytes(1, ByteBuffer.wrap(bytes));
        assertArrayEquals(bytes, buffer.getBytes(1, 12));
        refuses(() -> buffer.putBytes(CAPACITY - 7, direct));
        for (ByteBuffer target : new ByteBuffer[] {
            ByteBuffer.allocate(20).position(4), ByteBuffer.allocateDirect(20).position(4), part.position(0)
        }) {
            int position = target.position();
            buffer.copyTo(1, target, 5);
            assertEquals(position + 5, target.position());
            assertEquals(buffer.getByte(5), target.get(position + 4));
            refuses(() -> buffer.copyTo(0, target, target.remaining() + 1));
            refuses(() -> buffer.copyTo(buffer.used() - 1, target, 2));
            refuses(() -> buffer.copyTo(0, target, -1));
            assertEquals(position + 5, target.position());
        }
        assertThrows(
                ReadOnlyBufferException.class,
                () -> buffer.copyTo(0, ByteBuffer.allocate(9).asReadOnlyBuffer(), 1));
    }

    /// The bodies of the article's packages, byte by byte; the length before them is the library's affair.
    @Test
    void buildsThePackagesOfTheArticle() {
        buffer.appendByte(0).appendString("hi");
        assertArrayEquals(new byte[] {0, 'h', 'i', 0}, buffer.getBytes(0, buffer.used()));
        buffer.clear().appendByte(1).appendInt(0x0102_0304).appendString("a.b");
        assertArrayEquals(new byte[] {1, 4, 3, 2, 1, 'a', '.', 'b', 0}, buffer.getBytes(0, buffer.used()));
        buffer.clear().appendByte(7).appendString("k").appendString("").appendString("v");
        assertArrayEquals(new byte[] {7, 'k', 0, 0, 'v', 0}, buffer.getBytes(0, buffer.used()));
    }

    @Test
    void nestsFrames() {
        byte[] payload = random(10);
        buffer.appendByte(1).appendFrame(MemorySegment.ofArray(payload)).appendFrame(MemorySegment.NULL);
        assertEquals(1 + 14 + 4, buffer.used());
        assertEquals(10, buffer.getInt(1));
        MemorySegment frame = buffer.getFrame(1);
        assertArrayEquals(payload, frame.toArray(ValueLayout.JAVA_BYTE));
        assertTrue(frame.isReadOnly());
        assertEquals(0, buffer.getFrame(15).byteSize());
        refuses(() -> buffer.getFrame(16));
        refuses(() -> buffer.getFrame(-1));
        refuses(() -> buffer.getFrame(Integer.MAX_VALUE));
        buffer.clear().use(CAPACITY - 14);
        buffer.appendFrame(MemorySegment.ofArray(payload));
        assertArrayEquals(payload, buffer.getFrame(CAPACITY - 14).toArray(ValueLayout.JAVA_BYTE));
        refuses(() -> buffer.putFrame(CAPACITY - 13, MemorySegment.ofArray(payload)));
        refuses(() -> buffer.putFrame(Integer.MAX_VALUE, MemorySegment.ofArray(payload)));
        refuses(() -> buffer.putFrame(-1, MemorySegment.ofArray(payload)));
    }

    @Test
    void refusesFramesThatAnnounceMoreThanFollows() {
        buffer.use(20);
        for (int length : new int[] {13, 14, CAPACITY - 8, Integer.MAX_VALUE, Integer.MIN_VALUE, -4, -1}) {
            buffer.putInt(4, length);
            Exception e = refuses(() -> buffer.getFrame(4), IllegalArgumentException.class);
            String message = String.valueOf(e.getMessage());
            assertTrue(message.contains(Integer.toUnsignedString(length)) && message.contains("12"), message);
        }
        buffer.putInt(4, 12);
        assertEquals(12, buffer.getFrame(4).byteSize());
    }

    @Test
    void isOfNoUseWhenReleased() {
        IoBuffer released = take();
        MemorySegment memory = released.segment();
        released.appendString("stale").release();
        memory.fill(STALE);
        for (Consumer<IoBuffer> use : uses()) {
            assertThrows(IllegalStateException.class, () -> use.accept(released));
        }
        assertEquals(-1, memory.mismatch(buffer.segment()), "nothing was written");
        assertSame(released, pool.take(1));
        released.release();
    }

    private static List<Consumer<IoBuffer>> uses() {
        return List.of(
                IoBuffer::segment,
                IoBuffer::address,
                IoBuffer::clear,
                IoBuffer::retain,
                IoBuffer::release,
                b -> b.use(1),
                b -> b.putByte(0, 1),
                b -> b.appendLong(1),
                b -> b.appendBytes(new byte[3]),
                b -> b.appendBytes(ByteBuffer.allocate(3)),
                b -> b.appendBytes(MemorySegment.ofArray(new byte[3])),
                b -> b.appendString("text"),
                b -> b.appendFrame(MemorySegment.ofArray(new byte[3])),
                b -> b.getByte(0),
                b -> b.getLongBigEndian(0),
                b -> b.getString(0),
                b -> b.getBytes(0, 1),
                b -> b.getFrame(0),
                b -> b.copyTo(0, new byte[1], 0, 1),
                b -> b.copyTo(0, ByteBuffer.allocate(1), 1));
    }

    /// Who still uses a buffer that he has released must not cost its next user his reference.
    @Test
    @Timeout(value = 100, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
    void retainThatIsRefusedHasNeverCounted() throws InterruptedException {
        IoBuffer shared = take();
        AtomicInteger refused = new AtomicInteger();
        Thread wrong = new Thread(() -> {
            while (!Thread.currentThread().isInterrupted()) {
                try {
                    shared.retain().release();
                } catch (IllegalStateException _) {
                    refused.getAndIncrement();
                }
            }
        });
        shared.release();
        wrong.start();
        try {
            while (refused.get() < 100_000) {
                IoBuffer taken = Objects.requireNonNull(pool.take(1));
                taken.appendByte(1).release();
            }
        } finally {
            wrong.interrupt();
            wrong.join();
        }
    }

    private byte[] contents() {
        return buffer.segment().toArray(ValueLayout.JAVA_BYTE);
    }

    private static byte[] random(int length) {
        byte[] bytes = new byte[length];
        new Random(length).nextBytes(bytes);
        return bytes;
    }

    private static int[] beyond(int first) {
        return new int[] {first, CAPACITY, CAPACITY + 1, Integer.MAX_VALUE, Integer.MAX_VALUE - 3, -1, Integer.MIN_VALUE
        };
    }

    private void refuses(Runnable access) {
        refuses(access, IndexOutOfBoundsException.class);
    }

    /// The access is refused, and has changed nothing.
    private <T extends Exception> T refuses(Runnable access, Class<T> type) {
        byte[] before = contents();
        int used = buffer.used();
        T exception = assertThrows(type, access::run);
        assertArrayEquals(before, contents());
        assertEquals(used, buffer.used());
        return exception;
    }
}
