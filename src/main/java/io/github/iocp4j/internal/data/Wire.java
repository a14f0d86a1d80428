package io.github.iocp4j.internal.data;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.ReadOnlyBufferException;
import java.util.Objects;

/// Integers of both byte orders at any address, frames inside frames, and copies from and to a [ByteBuffer].
///
/// Data begins at `start` of its memory; indexes and limits count from there.
public final class Wire {
    public static final ValueLayout.OfByte BYTE = ValueLayout.JAVA_BYTE;
    public static final ValueLayout.OfShort SHORT = ValueLayout.JAVA_SHORT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
    public static final ValueLayout.OfInt INT = ValueLayout.JAVA_INT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
    public static final ValueLayout.OfLong LONG = ValueLayout.JAVA_LONG_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
    public static final ValueLayout.OfShort SHORT_BIG_ENDIAN = SHORT.withOrder(ByteOrder.BIG_ENDIAN);
    public static final ValueLayout.OfInt INT_BIG_ENDIAN = INT.withOrder(ByteOrder.BIG_ENDIAN);
    public static final ValueLayout.OfLong LONG_BIG_ENDIAN = LONG.withOrder(ByteOrder.BIG_ENDIAN);

    /// The length of a frame, before its payload.
    public static final int HEADER_BYTES = Integer.BYTES;

    private Wire() {}

    /// The payload bytes of the frame at `index`.
    ///
    /// @throws IndexOutOfBoundsException when there is no header
    /// @throws IllegalArgumentException when the header announces more bytes than follow
    public static int nestedLength(MemorySegment memory, long start, int index, int limit) {
        Objects.checkFromIndexSize(index, HEADER_BYTES, limit);
        int length = memory.get(INT, start + index);
        int left = limit - index - HEADER_BYTES;
        if (Integer.compareUnsigned(length, left) > 0) {
            throw new IllegalArgumentException("the frame at index " + index + " announces "
                    + Integer.toUnsignedString(length) + " bytes, and " + left + " follow");
        }
        return length;
    }

    /// Copies all remaining bytes of `source`, whose position and limit stay as they are.
    public static void copy(ByteBuffer source, MemorySegment memory, long offset) {
        if (source.hasArray()) {
            int from = source.arrayOffset() + source.position();
            MemorySegment.copy(source.array(), from, memory, BYTE, offset, source.remaining());
        } else {
            MemorySegment.copy(MemorySegment.ofBuffer(source), 0, memory, offset, source.remaining());
        }
    }

    /// Copies `count` bytes to the position of `target`, which goes on by as many.
    public static void copy(MemorySegment memory, long offset, ByteBuffer target, int count) {
        Objects.checkFromIndexSize(0, count, target.remaining());
        if (target.isReadOnly()) {
            throw new ReadOnlyBufferException();
        }
        if (target.hasArray()) {
            int to = target.arrayOffset() + target.position();
            MemorySegment.copy(memory, BYTE, offset, target.array(), to, count);
        } else {
            MemorySegment.copy(memory, offset, MemorySegment.ofBuffer(target), 0, count);
        }
        target.position(target.position() + count);
    }
}
