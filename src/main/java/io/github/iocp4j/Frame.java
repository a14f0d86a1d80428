package io.github.iocp4j;

import io.github.iocp4j.internal.data.Utf8;
import io.github.iocp4j.internal.data.Wire;
import io.github.iocp4j.memory.BufferPool;
import io.github.iocp4j.memory.IoBuffer;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/// The payload of one message, as the framing cuts it from the stream.
///
/// **Lifetime.** A frame belongs to its connection and is valid during the [EndpointHandler#frameReceived] that
/// it was given to, on that thread; afterwards its methods throw IllegalStateException, and the same object comes
/// again with the next frame. What must live longer is retained ([#retain], no copy, any thread, until it is
/// closed), copied ([#toByteArray], [#copy]), or sent ([Connection#send(Frame)] shares the memory).
///
/// **Data.** All accesses are checked against the frame, not the buffer that it lies in. Integers are
/// little-endian, as in the article, unless the method says `BigEndian`. A string is UTF-8 with a NUL at the end.
/// A frame inside the frame is its length, 4 bytes little-endian, and so many bytes. A peer may send anything:
/// where the frame is too short for what is asked, IndexOutOfBoundsException is thrown; where the bytes are not
/// what is asked for, IllegalArgumentException. A handler that lets them pass closes the connection.
///
/// Only strings, arrays and views are allocated; a [ByteBuffer] outside the heap may cost a small object.
public sealed class Frame permits RetainedFrame {
    private final @Nullable BufferPool copies;

    /// The frame that this is a part of, or itself, and which of the frames that it has shown: so that a part
    /// ends with it.
    private final Frame whole;

    private long number;

    private @Nullable IoBuffer buffer;
    private int offset;
    private int length;

    /// A frame without memory for copies: all that is retained of it shares its buffer.
    Frame() {
        this((BufferPool) null);
    }

    /// @param copies where the memory comes from for copies of small frames
    Frame(@Nullable BufferPool copies) {
        this.copies = copies;
        whole = this;
    }

    private Frame(Frame of, int from, int count) {
        copies = of.copies;
        whole = of.whole;
        number = of.number;
        buffer = of.valid();
        offset = of.offset + from;
        length = count;
    }

    /// The number of payload bytes.
    public int length() {
        valid();
        return length;
    }

    /// The byte at `index`.
    public byte getByte(int index) {
        return memory(index, Byte.BYTES).get(Wire.BYTE, at(index));
    }

    /// The byte at `index`, 0 to 255: with 0, the type of a frame of the article's.
    public int getUnsignedByte(int index) {
        return Byte.toUnsignedInt(getByte(index));
    }

    /// The 2 bytes at `index`.
    public short getShort(int index) {
        return memory(index, Short.BYTES).get(Wire.SHORT, at(index));
    }

    /// The 2 bytes at `index`, the highest first.
    public short getShortBigEndian(int index) {
        return memory(index, Short.BYTES).get(Wire.SHORT_BIG_ENDIAN, at(index));
    }

    /// The 2 bytes at `index`, 0 to 65,535.
    public int getUnsignedShort(int index) {
        return Short.toUnsignedInt(getShort(index));
    }

    /// The 2 bytes at `index`, the highest first, 0 to 65,535.
    public int getUnsignedShortBigEndian(int index) {
        return Short.toUnsignedInt(getShortBigEndian(index));
    }

    /// The 4 bytes at `index`.
    public int getInt(int index) {
        return memory(index, Integer.BYTES).get(Wire.INT, at(index));
    }

    /// The 4 bytes at `index`, the highest first.
    public int getIntBigEndian(int index) {
        return memory(index, Integer.BYTES).get(Wire.INT_BIG_ENDIAN, at(index));
    }

    /// The 4 bytes at `index`, 0 to 4,294,967,295.
    public long getUnsignedInt(int index) {
        return Integer.toUnsignedLong(getInt(index));
    }

    /// The 4 bytes at `index`, the highest first, 0 to 4,294,967,295.
    public long getUnsignedIntBigEndian(int index) {
        return Integer.toUnsignedLong(getIntBigEndian(index));
    }

    /// The 8 bytes at `index`.
    public long getLong(int index) {
        return memory(index, Long.BYTES).get(Wire.LONG, at(index));
    }

    /// The 8 bytes at `index`, the highest first.
    public long getLongBigEndian(int index) {
        return memory(index, Long.BYTES).get(Wire.LONG_BIG_ENDIAN, at(index));
    }

    /// The string that begins at `index`, without the NUL that ends it.
    ///
    /// @throws IllegalArgumentException when no NUL follows in the frame, or what is before it is not UTF-8
    public String getString(int index) {
        return Utf8.terminated(memory(index, 1), offset, index, length);
    }

    /// All of the payload as a string, whether a NUL ends it or not.
    ///
    /// @throws IllegalArgumentException when it is not UTF-8
    public String toText() {
        MemorySegment memory = memory(0, length);
        boolean terminated = length > 0 && getByte(length - 1) == 0;
        return Utf8.decode(memory, offset, 0, terminated ? length - 1 : length);
    }

    /// `count` bytes from `index` on, as a new array.
    public byte[] getBytes(int index, int count) {
        MemorySegment memory = memory(index, count);
        byte[] bytes = new byte[count];
        MemorySegment.copy(memory, Wire.BYTE, at(index), bytes, 0, count);
        return bytes;
    }

    /// All payload bytes, as a new array.
    public byte[] toByteArray() {
        return getBytes(0, length());
    }

    /// Copies `count` bytes from `index` on to `target`, from `targetIndex` on.
    public void copyTo(int index, byte[] target, int targetIndex, int count) {
        MemorySegment.copy(memory(index, count), Wire.BYTE, at(index), target, targetIndex, count);
    }

    /// Copies `count` bytes from `index` on to `target`, from `targetOffset` on.
    public void copyTo(int index, MemorySegment target, long targetOffset, int count) {
        MemorySegment.copy(memory(index, count), at(index), target, targetOffset, count);
    }

    /// Copies `count` bytes from `index` on to the position of `target`, which goes on by as many.
    public void copyTo(int index, ByteBuffer target, int count) {
        Wire.copy(memory(index, count), at(index), target, count);
    }

    /// Copies the payload to a buffer of `pool`, as its data. The caller owns it, and gives it back by
    /// [IoBuffer#release]; it is independent of the frame.
    ///
    /// @return the copy, or `null` when the pool's limit is reached
    /// @throws IllegalArgumentException when no buffer of the pool is that large
    public @Nullable IoBuffer copy(BufferPool pool) {
        IoBuffer copy = pool.take(length());
        if (copy != null) {
            copyTo(0, copy.segment(), 0, length);
            copy.use(length);
        }
        return copy;
    }

    /// A part of this frame, as a frame that ends when this one does. One small object, no copy.
    public Frame slice(int index, int count) {
        memory(index, count);
        return new Frame(this, index, count);
    }

    /// The payload of the frame that lies in this one at `index`, as a frame that ends when this one does; the
    /// next one is at `index + 4 + length()`. One small object, no copy.
    ///
    /// @throws IllegalArgumentException when it announces more bytes than follow in this frame
    public Frame getFrame(int index) {
        int count = Wire.nestedLength(valid().segment(), offset, index, length);
        return new Frame(this, index + Wire.HEADER_BYTES, count);
    }

    /// The payload as read-only memory, without a copy. Used after this frame has ended, it shows other bytes, or
    /// throws: no check of the frame can prevent that.
    public MemorySegment asSegment() {
        return memory(0, length).asSlice(offset, length).asReadOnly();
    }

    /// The payload as a read-only buffer, big-endian as all of Java's, without a copy. Used after this frame has
    /// ended, it shows other bytes, or throws: no check of the frame can prevent that.
    public ByteBuffer asByteBuffer() {
        return asSegment().asByteBuffer();
    }

    /// Keeps the payload beyond the callback, without a copy: the result holds the buffer that the frame lies in,
    /// and must be closed. Only a frame that takes less than a quarter of its buffer is copied to a smaller one,
    /// if there is one, so that little data does not keep much memory. One small object. What a program retains
    /// is missing to its endpoint: reading pauses when too much is.
    public RetainedFrame retain() {
        IoBuffer shared = valid();
        IoBuffer copy = length < shared.capacity() / 4 ? takeSmaller(shared) : null;
        if (copy == null) {
            return new RetainedFrame(copies, shared.retain(), offset, length);
        }
        copyTo(0, copy.segment(), 0, length);
        return new RetainedFrame(copies, copy, 0, length);
    }

    void show(IoBuffer in, int from, int count) {
        buffer = in;
        offset = from;
        length = count;
        number++;
    }

    void hide() {
        buffer = null;
        number++;
    }

    /// The buffer that the payload lies in, from [#offset] on.
    IoBuffer buffer() {
        return valid();
    }

    int offset() {
        return offset;
    }

    /// Whether it ends by a close, which another thread may call.
    boolean isRetained() {
        return whole instanceof RetainedFrame;
    }

    private @Nullable IoBuffer takeSmaller(IoBuffer shared) {
        IoBuffer copy = copies == null ? null : copies.take(length);
        if (copy != null && copy.capacity() >= shared.capacity()) {
            copy.release();
            return null;
        }
        return copy;
    }

    private long at(int index) {
        return (long) offset + index;
    }

    private MemorySegment memory(int index, int count) {
        IoBuffer in = valid();
        Objects.checkFromIndexSize(index, count, length);
        return in.segment();
    }

    private IoBuffer valid() {
        IoBuffer in = buffer;
        if (in == null || whole.number != number) {
            throw new IllegalStateException(
                    "a frame is valid during its callback, a retained one until its close: this one has ended");
        }
        return in;
    }
}
