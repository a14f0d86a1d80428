package io.github.iocp4j;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.iocp4j.memory.BufferPool;
import io.github.iocp4j.memory.IoBuffer;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.nio.ReadOnlyBufferException;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import java.util.function.Consumer;
import java.util.function.ToLongBiFunction;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/// What a frame lets see: its own bytes, as long as it lasts, and nothing of the buffer around them.
class FrameTest {
    private static final int BUFFER = 1024;
    private static final int OFFSET = 100;
    private static final int LENGTH = 300;

    private final BufferPool receive = new BufferPool(Arena::ofShared, BUFFER, BUFFER, 4 * BUFFER, BufferPool.NONE);
    private final BufferPool copies = new BufferPool(Arena::ofShared, 64, 64, 128, BufferPool.NONE);
    private final IoBuffer buffer = Objects.requireNonNull(receive.take(BUFFER));
    private final Frame frame = new Frame(copies);
    private final byte[] payload = new byte[LENGTH];

    FrameTest() {
        new Random(5).nextBytes(payload);
        buffer.segment().fill((byte) 'x');
        show(OFFSET, payload);
    }

    @AfterEach
    void nothingIsLeftOver() {
        frame.hide();
        buffer.release();
        assertEquals(0, receive.buffersOut());
        assertEquals(0, copies.buffersOut());
        receive.close();
        copies.close();
    }

    private void show(int offset, byte[] bytes) {
        MemorySegment.copy(bytes, 0, buffer.segment(), ValueLayout.JAVA_BYTE, offset, bytes.length);
        frame.show(buffer, offset, bytes.length);
    }

    /// Reads an integer of so many bytes.
    record Getter(String name, int bytes, boolean bigEndian, boolean signed, ToLongBiFunction<Frame, Integer> get) {
        long expected(byte[] data, int index) {
            long value = 0;
            for (int i = 0; i < bytes; i++) {
                int at = bigEndian ? index + i : index + bytes - 1 - i;
                value = value << 8 | Byte.toUnsignedLong(data[at]);
            }
            int unused = 64 - 8 * bytes;
            return signed ? value << unused >> unused : value;
        }

        void read(Frame frame) {
            long _ = get.applyAsLong(frame, 0);
        }

        @Override
        public String toString() {
            return name;
        }
    }

    static Stream<Getter> getters() {
        return Stream.of(
                new Getter("getByte", 1, false, true, Frame::getByte),
                new Getter("getUnsignedByte", 1, false, false, Frame::getUnsignedByte),
                new Getter("getShort", 2, false, true, Frame::getShort),
                new Getter("getShortBigEndian", 2, true, true, Frame::getShortBigEndian),
                new Getter("getUnsignedShort", 2, false, false, Frame::getUnsignedShort),
                new Getter("getUnsignedShortBigEndian", 2, true, false, Frame::getUnsignedShortBigEndian),
                new Getter("getInt", 4, false, true, Frame::getInt),
                new Getter("getIntBigEndian", 4, true, true, Frame::getIntBigEndian),
                new Getter("getUnsignedInt", 4, false, false, Frame::getUnsignedInt),
                new Getter("getUnsignedIntBigEndian", 4, true, false, Frame::getUnsignedIntBigEndian),
                new Getter("getLong", 8, false, true, Frame::getLong),
                new Getter("getLongBigEndian", 8, true, true, Frame::getLongBigEndian));
    }

    @ParameterizedTest
    @MethodSource("getters")
    void readsIntegersOfItsOwnBytesOnly(Getter getter) {
        for (int i = 0; i <= LENGTH - getter.bytes(); i++) {
            assertEquals(getter.expected(payload, i), getter.get().applyAsLong(frame, i), "at " + i);
        }
        int first = LENGTH - getter.bytes() + 1;
        for (int index : new int[] {first, LENGTH, LENGTH + 1, BUFFER, Integer.MAX_VALUE, -1, Integer.MIN_VALUE}) {
            assertThrows(IndexOutOfBoundsException.class, () -> getter.get().applyAsLong(frame, index));
        }
    }

    @ParameterizedTest
    @MethodSource("getters")
    void readsIntegersAtTheEdgesOfItsBuffer(Getter getter) {
        show(BUFFER - LENGTH, payload);
        int last = LENGTH - getter.bytes();
        assertEquals(getter.expected(payload, last), getter.get().applyAsLong(frame, last));
        assertThrows(IndexOutOfBoundsException.class, () -> getter.get().applyAsLong(frame, last + 1));
        show(0, payload);
        assertEquals(getter.expected(payload, 0), getter.get().applyAsLong(frame, 0));
        assertThrows(IndexOutOfBoundsException.class, () -> getter.get().applyAsLong(frame, -1));
    }

    @Test
    void copiesItsBytesOut() {
        assertArrayEquals(payload, frame.toByteArray());
        assertArrayEquals(Arrays.copyOfRange(payload, 7, 19), frame.getBytes(7, 12));
        assertArrayEquals(new byte[0], frame.getBytes(LENGTH, 0));
        byte[] array = new byte[20];
        frame.copyTo(1, array, 5, 15);
        assertArrayEquals(Arrays.copyOfRange(payload, 1, 16), Arrays.copyOfRange(array, 5, 20));
        frame.copyTo(2, MemorySegment.ofArray(array), 5, 15);
        assertArrayEquals(Arrays.copyOfRange(payload, 2, 17), Arrays.copyOfRange(array, 5, 20));
        for (ByteBuffer target : List.of(ByteBuffer.allocate(30), ByteBuffer.allocateDirect(30))) {
            target.position(10);
            frame.copyTo(3, target, 15);
            assertEquals(25, target.position());
            assertEquals(ByteBuffer.wrap(payload, 3, 15), target.flip().position(10));
        }
    }

    @Test
    void copiesNothingBeyondEitherSide() {
        byte[] array = new byte[BUFFER];
        MemorySegment segment = MemorySegment.ofArray(array);
        for (int[] each : new int[][] {
            {0, LENGTH + 1},
            {LENGTH, 1},
            {LENGTH + 1, 0},
            {-1, 1},
            {0, -1},
            {1, Integer.MAX_VALUE},
            {Integer.MAX_VALUE, 2}
        }) {
            assertThrows(IndexOutOfBoundsException.class, () -> frame.getBytes(each[0], each[1]));
            assertThrows(IndexOutOfBoundsException.class, () -> frame.copyTo(each[0], array, 0, each[1]));
            assertThrows(IndexOutOfBoundsException.class, () -> frame.copyTo(each[0], segment, 0, each[1]));
            ByteBuffer target = ByteBuffer.wrap(array);
            assertThrows(IndexOutOfBoundsException.class, () -> frame.copyTo(each[0], target, each[1]));
            assertEquals(0, target.position());
            assertThrows(IndexOutOfBoundsException.class, () -> frame.slice(each[0], each[1]));
        }
        assertThrows(IndexOutOfBoundsException.class, () -> frame.copyTo(0, array, BUFFER - 3, 4));
        assertThrows(IndexOutOfBoundsException.class, () -> frame.copyTo(0, segment, BUFFER - 3, 4));
        assertThrows(IndexOutOfBoundsException.class, () -> frame.copyTo(0, ByteBuffer.wrap(array, 0, 3), 4));
        assertArrayEquals(new byte[BUFFER], array);
    }

    @Test
    void readsStringsOfItsOwnBytesOnly() {
        show(OFFSET, new byte[] {1, 'a', 'b', 0, (byte) 0xC3, (byte) 0xA4, 0, 'c', 'd'});
        assertEquals("ab", frame.getString(1));
        assertEquals("", frame.getString(3));
        assertEquals("\u00e4", frame.getString(4));
        assertThrows(IllegalArgumentException.class, () -> frame.getString(5));
        assertThrows(IndexOutOfBoundsException.class, () -> frame.getString(9));
        assertThrows(IndexOutOfBoundsException.class, () -> frame.getString(-1));
        // The buffer goes on with a NUL, which is not the frame's.
        buffer.segment().set(ValueLayout.JAVA_BYTE, OFFSET + 9, (byte) 0);
        assertThrows(IllegalArgumentException.class, () -> frame.getString(7));
    }

    @Test
    void isATextWithOrWithoutANul() {
        show(OFFSET, new byte[] {'a', (byte) 0xC3, (byte) 0xA4});
        assertEquals("a\u00e4", frame.toText());
        show(OFFSET, new byte[] {'a', 'b', 0});
        assertEquals("ab", frame.toText());
        show(OFFSET, new byte[] {0});
        assertEquals("", frame.toText());
        show(OFFSET, new byte[0]);
        assertEquals("", frame.toText());
        show(OFFSET, new byte[] {'a', (byte) 0xC3, 0});
        assertThrows(IllegalArgumentException.class, frame::toText);
    }

    @Test
    void holdsFramesThatHoldFrames() {
        IoBuffer built = Objects.requireNonNull(receive.take(BUFFER));
        built.appendFrame(MemorySegment.ofArray(new byte[] {1, 2, 3}))
                .appendFrame(MemorySegment.NULL)
                .putFrame(20, MemorySegment.ofArray(built.getBytes(0, 11)));
        show(OFFSET, built.getBytes(20, 15));
        built.release();
        Frame outer = frame.getFrame(0);
        assertEquals(11, outer.length());
        Frame first = outer.getFrame(0);
        assertArrayEquals(new byte[] {1, 2, 3}, first.toByteArray());
        assertEquals(0, outer.getFrame(4 + first.length()).length());
        assertThrows(IndexOutOfBoundsException.class, () -> outer.getFrame(8));
        assertThrows(IndexOutOfBoundsException.class, () -> outer.getFrame(-1));
        assertThrows(IndexOutOfBoundsException.class, () -> outer.getFrame(Integer.MAX_VALUE));
        assertThrows(IndexOutOfBoundsException.class, () -> first.getByte(3));
    }

    @ParameterizedTest
    @ValueSource(ints = {5, 6, BUFFER, Integer.MAX_VALUE, Integer.MIN_VALUE, -5, -1})
    void refusesNestedFramesThatAnnounceMoreThanFollows(int announced) {
        byte[] bytes = ByteBuffer.allocate(11)
                .putInt(3, Integer.reverseBytes(announced))
                .array();
        show(OFFSET, bytes);
        IllegalArgumentException e = assertThrows(IllegalArgumentException.class, () -> frame.getFrame(3));
        assertTrue(String.valueOf(e.getMessage()).contains(Integer.toUnsignedString(announced)), e::toString);
        assertThrows(IllegalArgumentException.class, () -> frame.slice(3, 8).getFrame(0));
    }

    @Test
    void slicesKeepToTheirBounds() {
        Frame slice = frame.slice(10, 50).slice(5, 20);
        assertEquals(20, slice.length());
        assertArrayEquals(Arrays.copyOfRange(payload, 15, 35), slice.toByteArray());
        assertArrayEquals(slice.toByteArray(), slice.asSegment().toArray(ValueLayout.JAVA_BYTE));
        assertThrows(IndexOutOfBoundsException.class, () -> slice.getByte(20));
        assertThrows(IndexOutOfBoundsException.class, () -> slice.getByte(-1));
        assertThrows(IndexOutOfBoundsException.class, () -> slice.slice(0, 21));
        assertEquals(0, frame.slice(LENGTH, 0).length());
    }

    @Test
    void viewsAreReadOnly() {
        MemorySegment segment = frame.asSegment();
        assertArrayEquals(payload, segment.toArray(ValueLayout.JAVA_BYTE));
        assertThrows(IllegalArgumentException.class, () -> segment.set(ValueLayout.JAVA_BYTE, 0, (byte) 1));
        assertThrows(IndexOutOfBoundsException.class, () -> segment.get(ValueLayout.JAVA_BYTE, LENGTH));
        ByteBuffer view = frame.asByteBuffer();
        assertEquals(ByteBuffer.wrap(payload), view);
        assertThrows(ReadOnlyBufferException.class, () -> view.put(0, (byte) 1));
        assertEquals(LENGTH, view.capacity());
    }

    @Test
    void endsWithItsCallbackTogetherWithItsParts() {
        Frame slice = frame.slice(0, 8);
        Frame part = slice.slice(1, 4);
        frame.hide();
        for (Frame ended : List.of(frame, slice, part)) {
            uses().forEach(use -> assertThrows(IllegalStateException.class, () -> use.accept(ended)));
        }
        // The next frame of the connection is the same object: its parts are others.
        show(OFFSET, payload);
        frame.toByteArray();
        for (Frame ended : List.of(slice, part)) {
            uses().forEach(use -> assertThrows(IllegalStateException.class, () -> use.accept(ended)));
        }
    }

    private Stream<Consumer<Frame>> uses() {
        return Stream.concat(
                getters().map(getter -> getter::read),
                Stream.of(
                        Frame::length,
                        Frame::toText,
                        Frame::toByteArray,
                        Frame::asSegment,
                        Frame::asByteBuffer,
                        Frame::retain,
                        Frame::buffer,
                        each -> each.getString(0),
                        each -> each.getBytes(0, 1),
                        each -> each.getFrame(0),
                        each -> each.slice(0, 1),
                        each -> each.copy(copies),
                        each -> each.copyTo(0, new byte[1], 0, 1),
                        each -> each.copyTo(0, MemorySegment.ofArray(new byte[1]), 0, 1),
                        each -> each.copyTo(0, ByteBuffer.allocate(1), 1)));
    }

    @Test
    void copyIsIndependentAndOwnedByTheCaller() {
        BufferPool pool = new BufferPool(Arena::ofShared, 512, 512, 512, BufferPool.NONE);
        IoBuffer copy = Objects.requireNonNull(frame.copy(pool));
        frame.hide();
        buffer.segment().fill((byte) 0);
        assertEquals(LENGTH, copy.used());
        assertArrayEquals(payload, copy.getBytes(0, LENGTH));
        frame.show(buffer, OFFSET, LENGTH);
        assertNull(frame.copy(pool), "the pool has no more");
        assertThrows(IllegalArgumentException.class, () -> frame.copy(copies), "a pool of smaller buffers");
        copy.release();
        pool.close();
        assertEquals(0, pool.allocatedBytes());
    }

    @Test
    void retainedFrameLivesUntilItsClose() {
        RetainedFrame retained = frame.retain();
        frame.hide();
        assertSame(buffer, retained.buffer());
        assertArrayEquals(payload, retained.toByteArray());
        Frame slice = retained.slice(1, 9);
        RetainedFrame again = retained.retain();
        retained.close();
        uses().forEach(use -> assertThrows(IllegalStateException.class, () -> use.accept(retained)));
        uses().forEach(use -> assertThrows(IllegalStateException.class, () -> use.accept(slice)));
        assertArrayEquals(payload, again.toByteArray());
        retained.close();
        assertArrayEquals(payload, again.toByteArray());
        again.close();
        buffer.retain();
        buffer.release();
        assertEquals(1, receive.buffersOut(), "the test's own reference is left");
    }

    @Test
    void closeOfARetainedFrameGivesBackOnceWhoeverCallsIt() throws InterruptedException {
        for (int i = 0; i < 200; i++) {
            RetainedFrame retained = frame.retain();
            Thread[] closers = new Thread[3];
            for (int j = 0; j < closers.length; j++) {
                closers[j] = new Thread(retained::close);
                closers[j].start();
            }
            for (Thread each : closers) {
                each.join();
            }
        }
        assertEquals(LENGTH, frame.length());
        assertEquals((byte) 'x', buffer.segment().get(ValueLayout.JAVA_BYTE, 0));
    }

    @Test
    void retainSharesFromAQuarterOfTheBufferOn() {
        for (int length : new int[] {BUFFER / 4, BUFFER / 4 + 1, LENGTH}) {
            try (RetainedFrame retained = frame.slice(0, length).retain()) {
                assertSame(buffer, retained.buffer());
                assertEquals(length, retained.length());
            }
        }
        assertEquals(0, copies.allocatedBytes());
    }

    @Test
    void retainCopiesWhatWouldKeepAMuchLargerBuffer() {
        Frame part = frame.slice(3, 60);
        RetainedFrame one = part.retain();
        RetainedFrame two = frame.slice(0, 0).retain();
        RetainedFrame three = part.retain();
        frame.hide();
        assertNotEquals(buffer, one.buffer());
        assertNotEquals(buffer, two.buffer());
        assertSame(buffer, three.buffer(), "there is no memory for a third copy");
        byte[] expected = Arrays.copyOfRange(payload, 3, 63);
        assertArrayEquals(expected, one.toByteArray());
        assertEquals(0, two.length());
        assertArrayEquals(expected, three.toByteArray());
        assertEquals(2, copies.buffersOut());
        List.of(one, two, three).forEach(RetainedFrame::close);
    }

    @Test
    void retainSharesWhereACopyWouldTakeAsMuch() {
        BufferPool large = new BufferPool(Arena::ofShared, BUFFER, BUFFER, BUFFER, BufferPool.NONE);
        Frame other = new Frame(large);
        other.show(buffer, OFFSET, 10);
        try (RetainedFrame retained = other.retain()) {
            assertSame(buffer, retained.buffer());
        }
        Frame withoutCopies = new Frame();
        withoutCopies.show(buffer, OFFSET, 10);
        try (RetainedFrame retained = withoutCopies.retain()) {
            assertSame(buffer, retained.buffer());
        }
        assertEquals(0, large.buffersOut());
        large.close();
    }
}
