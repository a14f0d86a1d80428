package io.github.iocp4j.memory;

import io.github.iocp4j.internal.data.Utf8;
import io.github.iocp4j.internal.data.Wire;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteBuffer;
import java.util.Objects;

/// A piece of off-heap memory of fixed size, taken from a [BufferPool] and shared by reference count: the
/// article's `CIOCPBuffer`, without the OVERLAPPED, which belongs to the operation here.
///
/// **References.** Whoever takes a buffer from its pool holds one reference; [#retain] adds one, [#release] gives
/// one back, and the last one out returns the buffer to its pool. Who holds one may use the content; threads that
/// share it order their accesses themselves, and what was sent stays as it is until only the sender's own
/// reference is left. While nobody holds one, all methods that touch content or references throw
/// IllegalStateException.
///
/// **Data.** The first [#used] bytes are the buffer's data; a buffer fresh from its pool has none. `append` adds
/// to them; `put` writes at any index up to the [#capacity], and what it writes beyond the data extends it, with
/// zeros in a gap. `get` reads data only, never what an earlier user of the memory has left. An access that does
/// not fit throws IndexOutOfBoundsException and changes nothing.
///
/// Integers are little-endian, as in the article, unless the method says `BigEndian`. A string is UTF-8 with a
/// NUL at the end. A frame inside the data is its length, 4 bytes little-endian, and so many bytes. Only strings,
/// arrays and views are allocated; a [ByteBuffer] outside the heap may cost a small object.
public final class IoBuffer {
    private static final VarHandle REFERENCES;

    static {
        try {
            REFERENCES = MethodHandles.lookup().findVarHandle(IoBuffer.class, "references", int.class);
        } catch (ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    final int sizeClass;
    final int index;
    private final BufferPool pool;
    private final Arena arena;
    private final MemorySegment segment;
    private int used;

    @SuppressWarnings("unused") // through REFERENCES
    private volatile int references;

    IoBuffer(BufferPool pool, Arena arena, MemorySegment segment, int sizeClass, int index) {
        this.pool = pool;
        this.arena = arena;
        this.segment = segment;
        this.sizeClass = sizeClass;
        this.index = index;
    }

    /// All of the memory, beyond the data too. It is valid while the caller holds a reference.
    public MemorySegment segment() {
        checkHeld();
        return segment;
    }

    /// The address of the first byte, for a call into Windows.
    public long address() {
        checkHeld();
        return segment.address();
    }

    /// The size in bytes.
    public int capacity() {
        return (int) segment.byteSize();
    }

    /// Adds a reference. Only who holds one may call this.
    ///
    /// @return this buffer
    public IoBuffer retain() {
        int before;
        do {
            before = references;
            if (before <= 0 || before == Integer.MAX_VALUE) {
                throw new IllegalStateException("retain of a buffer with " + before + " references");
            }
        } while (!REFERENCES.compareAndSet(this, before, before + 1));
        return this;
    }

    /// Gives one reference back. With the last one the buffer returns to its pool, and the caller must not touch
    /// it any more.
    public void release() {
        int before;
        do {
            before = references;
            if (before <= 0) {
                throw new IllegalStateException("release of a buffer that was released");
            }
        } while (!REFERENCES.compareAndSet(this, before, before - 1));
        if (before == 1) {
            pool.recycle(this);
        }
    }

    /// How many bytes of data there are: the article's `m_nUsed`.
    public int used() {
        return used;
    }

    /// Counts the next `bytes` bytes of the memory as data, which was written through [#segment] or by Windows:
    /// the article's `Use`.
    public IoBuffer use(int bytes) {
        room(used, bytes);
        used += bytes;
        return this;
    }

    /// Forgets all data: the article's `Empty`.
    public IoBuffer clear() {
        checkHeld();
        used = 0;
        return this;
    }

    /// Writes the lowest 8 bits of `value`.
    public IoBuffer putByte(int index, int value) {
        room(index, Byte.BYTES).set(Wire.BYTE, index, (byte) value);
        return wrote(index, Byte.BYTES);
    }

    /// Writes the lowest 16 bits of `value`.
    public IoBuffer putShort(int index, int value) {
        room(index, Short.BYTES).set(Wire.SHORT, index, (short) value);
        return wrote(index, Short.BYTES);
    }

    /// Writes the lowest 16 bits of `value`, the highest byte first.
    public IoBuffer putShortBigEndian(int index, int value) {
        room(index, Short.BYTES).set(Wire.SHORT_BIG_ENDIAN, index, (short) value);
        return wrote(index, Short.BYTES);
    }

    /// Writes 4 bytes.
    public IoBuffer putInt(int index, int value) {
        room(index, Integer.BYTES).set(Wire.INT, index, value);
        return wrote(index, Integer.BYTES);
    }

    /// Writes 4 bytes, the highest first.
    public IoBuffer putIntBigEndian(int index, int value) {
        room(index, Integer.BYTES).set(Wire.INT_BIG_ENDIAN, index, value);
        return wrote(index, Integer.BYTES);
    }

    /// Writes 8 bytes.
    public IoBuffer putLong(int index, long value) {
        room(index, Long.BYTES).set(Wire.LONG, index, value);
        return wrote(index, Long.BYTES);
    }

    /// Writes 8 bytes, the highest first.
    public IoBuffer putLongBigEndian(int index, long value) {
        room(index, Long.BYTES).set(Wire.LONG_BIG_ENDIAN, index, value);
        return wrote(index, Long.BYTES);
    }

    /// Writes `count` bytes of `source`, from its index `from` on.
    public IoBuffer putBytes(int index, byte[] source, int from, int count) {
        Objects.checkFromIndexSize(from, count, source.length);
        MemorySegment.copy(source, from, room(index, count), Wire.BYTE, index, count);
        return wrote(index, count);
    }

    /// Writes all bytes of `source`.
    public IoBuffer putBytes(int index, MemorySegment source) {
        long count = source.byteSize();
        MemorySegment.copy(source, 0, room(index, count), index, count);
        return wrote(index, (int) count);
    }

    /// Writes all remaining bytes of `source`, whose position and limit stay as they are.
    public IoBuffer putBytes(int index, ByteBuffer source) {
        Wire.copy(source, room(index, source.remaining()), index);
        return wrote(index, source.remaining());
    }

    /// Writes a string as UTF-8, and a NUL.
    ///
    /// @throws IllegalArgumentException when `text` contains a NUL, which would end it, or half a surrogate pair
    public IoBuffer putString(int index, String text) {
        long count = Utf8.encodedBytes(text);
        room(index, count).setString(index, text);
        return wrote(index, (int) count);
    }

    /// Writes a frame: the length of `payload`, then its bytes.
    public IoBuffer putFrame(int index, MemorySegment payload) {
        MemorySegment memory = room(index, Wire.HEADER_BYTES + payload.byteSize());
        int bytes = (int) payload.byteSize();
        // The payload first: what can still fail has changed nothing then.
        MemorySegment.copy(payload, 0, memory, index + Wire.HEADER_BYTES, bytes);
        memory.set(Wire.INT, index, bytes);
        return wrote(index, Wire.HEADER_BYTES + bytes);
    }

    /// Appends the lowest 8 bits of `value`.
    public IoBuffer appendByte(int value) {
        return putByte(used, value);
    }

    /// Appends the lowest 16 bits of `value`.
    public IoBuffer appendShort(int value) {
        return putShort(used, value);
    }

    /// Appends the lowest 16 bits of `value`, the highest byte first.
    public IoBuffer appendShortBigEndian(int value) {
        return putShortBigEndian(used, value);
    }

    /// Appends 4 bytes.
    public IoBuffer appendInt(int value) {
        return putInt(used, value);
    }

    /// Appends 4 bytes, the highest first.
    public IoBuffer appendIntBigEndian(int value) {
        return putIntBigEndian(used, value);
    }

    /// Appends 8 bytes.
    public IoBuffer appendLong(long value) {
        return putLong(used, value);
    }

    /// Appends 8 bytes, the highest first.
    public IoBuffer appendLongBigEndian(long value) {
        return putLongBigEndian(used, value);
    }

    /// Appends all bytes of `source`.
    public IoBuffer appendBytes(byte[] source) {
        return putBytes(used, source, 0, source.length);
    }

    /// Appends all bytes of `source`.
    public IoBuffer appendBytes(MemorySegment source) {
        return putBytes(used, source);
    }

    /// Appends all remaining bytes of `source`, whose position and limit stay as they are.
    public IoBuffer appendBytes(ByteBuffer source) {
        return putBytes(used, source);
    }

    /// Appends a string as UTF-8, and a NUL, as [#putString] does.
    public IoBuffer appendString(String text) {
        return putString(used, text);
    }

    /// Appends a frame: the length of `payload`, then its bytes.
    public IoBuffer appendFrame(MemorySegment payload) {
        return putFrame(used, payload);
    }

    /// The byte at `index`.
    public byte getByte(int index) {
        return data(index, Byte.BYTES).get(Wire.BYTE, index);
    }

    /// The byte at `index`, 0 to 255.
    public int getUnsignedByte(int index) {
        return Byte.toUnsignedInt(getByte(index));
    }

    /// The 2 bytes at `index`.
    public short getShort(int index) {
        return data(index, Short.BYTES).get(Wire.SHORT, index);
    }

    /// The 2 bytes at `index`, the highest first.
    public short getShortBigEndian(int index) {
        return data(index, Short.BYTES).get(Wire.SHORT_BIG_ENDIAN, index);
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
        return data(index, Integer.BYTES).get(Wire.INT, index);
    }

    /// The 4 bytes at `index`, the highest first.
    public int getIntBigEndian(int index) {
        return data(index, Integer.BYTES).get(Wire.INT_BIG_ENDIAN, index);
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
        return data(index, Long.BYTES).get(Wire.LONG, index);
    }

    /// The 8 bytes at `index`, the highest first.
    public long getLongBigEndian(int index) {
        return data(index, Long.BYTES).get(Wire.LONG_BIG_ENDIAN, index);
    }

    /// The string that begins at `index`, without the NUL that ends it.
    ///
    /// @throws IllegalArgumentException when no NUL follows in the data, or what is before it is not UTF-8
    public String getString(int index) {
        return Utf8.terminated(data(index, 1), 0, index, used);
    }

    /// `count` bytes from `index` on, as a new array.
    public byte[] getBytes(int index, int count) {
        MemorySegment memory = data(index, count);
        byte[] bytes = new byte[count];
        MemorySegment.copy(memory, Wire.BYTE, index, bytes, 0, count);
        return bytes;
    }

    /// A read-only view of the payload of the frame at `index`; valid while the caller holds a reference.
    ///
    /// @throws IllegalArgumentException when the frame announces more bytes than follow in the data
    public MemorySegment getFrame(int index) {
        int length = Wire.nestedLength(segment(), 0, index, used);
        return segment.asSlice(index + Wire.HEADER_BYTES, length).asReadOnly();
    }

    /// Copies `count` bytes from `index` on to `target`, from `targetIndex` on.
    public void copyTo(int index, byte[] target, int targetIndex, int count) {
        MemorySegment.copy(data(index, count), Wire.BYTE, index, target, targetIndex, count);
    }

    /// Copies `count` bytes from `index` on to `target`, from `targetOffset` on.
    public void copyTo(int index, MemorySegment target, long targetOffset, int count) {
        MemorySegment.copy(data(index, count), index, target, targetOffset, count);
    }

    /// Copies `count` bytes from `index` on to the position of `target`, which goes on by as many.
    public void copyTo(int index, ByteBuffer target, int count) {
        Wire.copy(data(index, count), index, target, count);
    }

    void lend() {
        used = 0;
        references = 1;
    }

    void free() {
        arena.close();
    }

    private MemorySegment room(int index, long count) {
        checkHeld();
        Objects.checkFromIndexSize((long) index, count, segment.byteSize());
        return segment;
    }

    private IoBuffer wrote(int index, int count) {
        if (count > 0) {
            for (int gap = used; gap < index; gap++) { // a slice to fill would be an object
                segment.set(Wire.BYTE, gap, (byte) 0);
            }
            used = Math.max(used, index + count);
        }
        return this;
    }

    private MemorySegment data(int index, int count) {
        checkHeld();
        Objects.checkFromIndexSize(index, count, used);
        return segment;
    }

    private void checkHeld() {
        // Plain, so that it costs next to nothing: it is there to find mistakes, not to order anything.
        if ((int) REFERENCES.get(this) <= 0) {
            throw new IllegalStateException("a buffer that was released");
        }
    }
}
