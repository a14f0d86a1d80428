package io.github.iocp4j.internal.concurrent;

import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReferenceArray;
import java.util.function.Consumer;
import java.util.function.IntFunction;
import org.jspecify.annotations.Nullable;

/// A pool of at most `capacity` objects, each with a number of its own, made when first needed and kept for reuse.
///
/// Any thread may use it, nothing waits, and once warm nothing is allocated. An object outside the pool belongs to
/// whoever took it.
public final class IndexedPool<T> {
    private final ChunkedArray<AtomicReferenceArray<@Nullable T>> objects;
    private final int capacity;
    private final IndexStack free;
    private final IndexStack vacant;
    private final AtomicInteger numbered = new AtomicInteger();
    private final AtomicInteger freeCount = new AtomicInteger();
    private final AtomicInteger taken = new AtomicInteger();
    private final IntFunction<? extends @Nullable T> factory;
    private final int keepFree;
    private final Consumer<? super T> discard;

    /// @param keepFree how many objects that nobody uses are kept
    /// @param factory makes the object with the given number, or returns `null` when it can't
    /// @param discard told of an object that leaves the pool for good, before its number can be used again
    public IndexedPool(
            int capacity, int keepFree, IntFunction<? extends @Nullable T> factory, Consumer<? super T> discard) {
        this.capacity = capacity;
        objects = new ChunkedArray<AtomicReferenceArray<@Nullable T>>(
                capacity, length -> new AtomicReferenceArray<@Nullable T>(length));
        free = new IndexStack(capacity);
        vacant = new IndexStack(capacity);
        this.keepFree = keepFree;
        this.factory = factory;
        this.discard = discard;
    }

    /// Takes a free object, or a new one.
    ///
    /// @return the object, or `null` when all are taken or none could be made
    public @Nullable T take() {
        T kept = takeFree();
        if (kept != null) {
            taken.getAndIncrement();
            return kept;
        }
        int index = nextNumber();
        if (index < 0) {
            return null;
        }
        T made = factory.apply(index);
        if (made == null) {
            vacant.push(index);
            return null;
        }
        objects.chunk(index).set(ChunkedArray.place(index), made);
        taken.getAndIncrement();
        return made;
    }

    /// Discards all free objects.
    ///
    /// @return whether there was one
    public boolean discardFree() {
        boolean any = false;
        for (int index = free.pop(); index >= 0; index = free.pop()) {
            freeCount.getAndDecrement();
            discard(index);
            any = true;
        }
        return any;
    }

    /// Gives back the object with the number `index`, which is kept, or discarded when enough are free.
    public void give(int index) {
        taken.getAndDecrement();
        if (freeCount.getAndIncrement() < keepFree) {
            free.push(index);
        } else {
            freeCount.getAndDecrement();
            discard(index);
        }
    }

    /// The object with the number `index`, free or taken, or `null`.
    public @Nullable T get(int index) {
        AtomicReferenceArray<@Nullable T> chunk = index < 0 || index >= capacity ? null : objects.chunkIfUsed(index);
        return chunk == null ? null : chunk.get(ChunkedArray.place(index));
    }

    /// How many numbers have ever been used: [#get] of a higher one gives `null`.
    public int numbered() {
        return Math.min(numbered.get(), capacity);
    }

    /// How many objects are outside the pool.
    public int taken() {
        return taken.get();
    }

    private @Nullable T takeFree() {
        int index = free.pop();
        if (index < 0) {
            return null;
        }
        freeCount.getAndDecrement();
        return get(index);
    }

    private void discard(int index) {
        T object = objects.chunk(index).getAndSet(ChunkedArray.place(index), null);
        if (object != null) {
            discard.accept(object);
        }
        vacant.push(index);
    }

    private int nextNumber() {
        int index = vacant.pop();
        if (index >= 0) {
            return index;
        }
        if (numbered.get() >= capacity) {
            return -1;
        }
        index = numbered.getAndIncrement();
        return index < capacity ? index : -1;
    }
}
