package io.github.iocp4j;

import io.github.iocp4j.memory.IoBuffer;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/// The payload of one message, as the framing cuts it from the stream.
///
/// A frame belongs to its connection and is valid during the [EndpointHandler#frameReceived] that it was given to,
/// on that thread; afterwards its methods throw IllegalStateException, and the same object comes again with the
/// next frame. What must live longer is copied, or sent: [Connection#send(Frame)] shares the memory. The accessors
/// allocate nothing.
public final class Frame {
    private static final ValueLayout.OfInt LITTLE_ENDIAN_INT =
            ValueLayout.JAVA_INT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

    private @Nullable IoBuffer buffer;
    private int offset;
    private int length;

    Frame() {}

    /// The number of payload bytes.
    public int length() {
        valid();
        return length;
    }

    /// The byte at `index`.
    ///
    /// @throws IndexOutOfBoundsException when `index` is not below [#length]
    public byte getByte(int index) {
        return memory(index, 1).get(ValueLayout.JAVA_BYTE, (long) offset + index);
    }

    /// The little-endian integer at `index`, the article's byte order.
    ///
    /// @throws IndexOutOfBoundsException when the frame has no 4 bytes there
    public int getInt(int index) {
        return memory(index, Integer.BYTES).get(LITTLE_ENDIAN_INT, (long) offset + index);
    }

    /// Copies `count` bytes from `index` to `target`, from `targetIndex` on.
    ///
    /// @throws IndexOutOfBoundsException when either side has not that many bytes
    public void copyTo(int index, byte[] target, int targetIndex, int count) {
        MemorySegment.copy(
                memory(index, count), ValueLayout.JAVA_BYTE, (long) offset + index, target, targetIndex, count);
    }

    /// Copies `count` bytes from `index` to `target`, from `targetOffset` on.
    ///
    /// @throws IndexOutOfBoundsException when either side has not that many bytes
    public void copyTo(int index, MemorySegment target, long targetOffset, int count) {
        MemorySegment.copy(memory(index, count), (long) offset + index, target, targetOffset, count);
    }

    /// All payload bytes, as a new array.
    public byte[] toByteArray() {
        byte[] copy = new byte[length()];
        copyTo(0, copy, 0, copy.length);
        return copy;
    }

    void show(IoBuffer in, int from, int count) {
        buffer = in;
        offset = from;
        length = count;
    }

    void hide() {
        buffer = null;
    }

    /// The buffer that the payload lies in, from [#offset] on.
    IoBuffer buffer() {
        return valid();
    }

    int offset() {
        return offset;
    }

    private MemorySegment memory(int index, int count) {
        IoBuffer in = valid();
        Objects.checkFromIndexSize(index, count, length);
        return in.segment();
    }

    private IoBuffer valid() {
        IoBuffer in = buffer;
        if (in == null) {
            throw new IllegalStateException("a frame is valid only during its callback: copy what must live longer");
        }
        return in;
    }
}
