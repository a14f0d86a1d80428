package io.github.iocp4j.memory;

import io.github.iocp4j.internal.concurrent.IndexedPool;
import java.lang.foreign.Arena;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/// A bounded pool of [IoBuffer]s in sizes that double, from a smallest to a largest one.
///
/// Any thread may use it and nothing waits. When its limit is reached, [#take] returns `null`: that is the moment
/// for back-pressure, not an error. Buffers of a page or more start at a page, smaller ones never cross one,
/// because Windows locks pages, not bytes.
public final class BufferPool implements AutoCloseable {
    /// For `keepFree`: buffers that nobody uses are all kept for reuse. The limit in bytes bounds them anyway.
    public static final int UNLIMITED = Integer.MAX_VALUE;

    /// For `keepFree`: buffers that nobody uses are freed at once. Freeing one costs a handshake with all threads.
    public static final int NONE = 0;

    private static final int PAGE_BYTES = 4096;

    private final Supplier<Arena> arenas;
    private final int smallestBytes;
    private final int largestBytes;
    private final long limitBytes;
    private final IndexedPool<IoBuffer>[] classes;
    private final AtomicLong allocatedBytes = new AtomicLong();
    private volatile boolean closed;

    /// Makes an empty pool; memory is allocated as buffers are taken.
    ///
    /// @param arenas makes the arena of each buffer, which any thread must be able to use and close:
    /// `Arena::ofShared`
    /// @param smallestBytes the size of the smallest buffers in bytes, a power of two, at least 16
    /// @param largestBytes the size of the largest buffers in bytes, at least `smallestBytes`, not always a power
    /// of two
    /// @param limitBytes how many bytes all buffers together may have, free ones included
    /// @param keepFree how many buffers of each size that nobody uses are kept, [#NONE] to [#UNLIMITED]
    @SuppressWarnings({"unchecked", "rawtypes"})
    public BufferPool(Supplier<Arena> arenas, int smallestBytes, int largestBytes, long limitBytes, int keepFree) {
        require(
                smallestBytes >= 16 && Integer.bitCount(smallestBytes) == 1,
                "smallestBytes",
                smallestBytes,
                "a power of two from 16");
        require(largestBytes >= smallestBytes, "largestBytes", largestBytes, "at least smallestBytes");
        require(limitBytes >= largestBytes, "limitBytes", limitBytes, "at least largestBytes");
        require(keepFree >= 0, "keepFree", keepFree, "0 or more");
        this.arenas = arenas;
        this.smallestBytes = smallestBytes;
        this.largestBytes = largestBytes;
        this.limitBytes = limitBytes;
        classes = new IndexedPool[sizeClass(largestBytes) + 1];
        for (int i = 0; i < classes.length; i++) {
            int sizeClass = i;
            int most = (int) Math.min(Integer.MAX_VALUE - 8, limitBytes / sizeOf(i));
            classes[i] = new IndexedPool<>(most, keepFree, index -> allocate(sizeClass, index), this::free);
        }
    }

    /// Takes a buffer with room for at least `bytes` bytes, with one reference that the caller holds, and no
    /// data: its memory has whatever the last user left.
    ///
    /// @return the buffer, or `null` when the limit is reached or the pool is closed
    /// @throws IllegalArgumentException when `bytes` is negative, or no buffer of this pool is that large
    public @Nullable IoBuffer take(int bytes) {
        require(bytes >= 0, "bytes", bytes, "0 or more");
        if (bytes > largestBytes) {
            throw new IllegalArgumentException(
                    "bytes=" + bytes + ": the largest buffer of this pool has " + largestBytes);
        }
        if (closed) {
            return null;
        }
        int sizeClass = sizeClass(bytes);
        IoBuffer buffer = classes[sizeClass].take();
        if (buffer == null && discardOthers(sizeClass)) {
            buffer = classes[sizeClass].take();
        }
        if (buffer != null) {
            buffer.lend();
        }
        return buffer;
    }

    /// How many buffers are outside the pool now.
    public int buffersOut() {
        int out = 0;
        for (IndexedPool<IoBuffer> pool : classes) {
            out += pool.taken();
        }
        return out;
    }

    /// How many bytes are allocated now, free buffers included.
    public long allocatedBytes() {
        return allocatedBytes.get();
    }

    /// Frees what is free. A buffer that is still outside is freed by its last [IoBuffer#release], never before.
    @Override
    public void close() {
        closed = true;
        for (IndexedPool<IoBuffer> pool : classes) {
            pool.discardFree();
        }
    }

    void recycle(IoBuffer buffer) {
        IndexedPool<IoBuffer> pool = classes[buffer.sizeClass];
        pool.give(buffer.index);
        if (closed) {
            pool.discardFree();
        }
    }

    private @Nullable IoBuffer allocate(int sizeClass, int index) {
        int bytes = sizeOf(sizeClass);
        if (allocatedBytes.addAndGet(bytes) > limitBytes) {
            allocatedBytes.addAndGet(-bytes);
            return null;
        }
        Arena arena = arenas.get();
        long alignment = Math.min(PAGE_BYTES, Integer.highestOneBit(bytes));
        return new IoBuffer(this, arena, arena.allocate(bytes, alignment), sizeClass, index);
    }

    /// Makes room under the limit by freeing what other sizes keep.
    private boolean discardOthers(int wanted) {
        boolean freed = false;
        for (int i = 0; i < classes.length; i++) {
            if (i != wanted) {
                freed |= classes[i].discardFree();
            }
        }
        return freed;
    }

    private void free(IoBuffer buffer) {
        buffer.free();
        allocatedBytes.addAndGet(-buffer.capacity());
    }

    private int sizeClass(int bytes) {
        return bytes <= smallestBytes
                ? 0
                : 32 - Integer.numberOfLeadingZeros((bytes - 1) >>> Integer.numberOfTrailingZeros(smallestBytes));
    }

    private int sizeOf(int sizeClass) {
        return (int) Math.min((long) smallestBytes << sizeClass, largestBytes);
    }

    private static void require(boolean right, String name, long value, String range) {
        if (!right) {
            throw new IllegalArgumentException(name + "=" + value + ": must be " + range);
        }
    }
}
