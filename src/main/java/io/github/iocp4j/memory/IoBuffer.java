package io.github.iocp4j.memory;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;

/// A piece of off-heap memory of fixed size, taken from a [BufferPool] and shared by reference count.
///
/// Whoever takes a buffer from its pool holds one reference; [#retain] adds one, [#release] gives one back, and
/// the last one out returns the buffer to its pool. Its content may be used by whoever holds a reference; threads
/// that share one order their accesses themselves. It is the article's `CIOCPBuffer`, without the OVERLAPPED,
/// which belongs to the operation here.
public final class IoBuffer {
    private static final VarHandle REFERENCES;

    static {
        try {
            REFERENCES = MethodHandles.lookup().findVarHandle(IoBuffer.class, "references", int.class);
        } catch (ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    private final BufferPool pool;
    private final Arena arena;
    private final MemorySegment segment;
    private final int sizeClass;
    private final int index;

    @SuppressWarnings("unused") // through REFERENCES
    private volatile int references;

    IoBuffer(BufferPool pool, Arena arena, MemorySegment segment, int sizeClass, int index) {
        this.pool = pool;
        this.arena = arena;
        this.segment = segment;
        this.sizeClass = sizeClass;
        this.index = index;
    }

    /// The memory. It is valid while the caller holds a reference.
    public MemorySegment segment() {
        return segment;
    }

    /// The address of the first byte, for a call into Windows.
    public long address() {
        return segment.address();
    }

    /// The size in bytes.
    public int capacity() {
        return (int) segment.byteSize();
    }

    /// Adds a reference. Only who holds one may call this.
    ///
    /// @return this buffer
    /// @throws IllegalStateException when nobody holds a reference
    public IoBuffer retain() {
        if ((int) REFERENCES.getAndAdd(this, 1) <= 0) {
            REFERENCES.getAndAdd(this, -1);
            throw new IllegalStateException("retain of a buffer that was released");
        }
        return this;
    }

    /// Gives one reference back. With the last one the buffer returns to its pool, and the caller must not touch
    /// it any more.
    ///
    /// @throws IllegalStateException when nobody holds a reference
    public void release() {
        int before = (int) REFERENCES.getAndAdd(this, -1);
        if (before == 1) {
            pool.recycle(this);
        } else if (before <= 0) {
            REFERENCES.getAndAdd(this, 1);
            throw new IllegalStateException("release of a buffer that was released");
        }
    }

    void lend() {
        references = 1;
    }

    int sizeClass() {
        return sizeClass;
    }

    int index() {
        return index;
    }

    void free() {
        arena.close();
    }
}
