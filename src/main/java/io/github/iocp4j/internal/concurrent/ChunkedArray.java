package io.github.iocp4j.internal.concurrent;

import java.util.concurrent.atomic.AtomicReferenceArray;
import java.util.function.IntFunction;
import org.jspecify.annotations.Nullable;

/// An array that gets its memory in chunks of [#CHUNK] places, each when one of its places is first used: limits
/// may be large without costing anything before they are reached.
final class ChunkedArray<C> {
    private static final int CHUNK_BITS = 8;

    static final int CHUNK = 1 << CHUNK_BITS;

    private final AtomicReferenceArray<@Nullable C> chunks;
    private final IntFunction<? extends C> factory;

    /// @param factory makes a chunk with the given number of places
    ChunkedArray(int capacity, IntFunction<? extends C> factory) {
        chunks = new AtomicReferenceArray<>(((capacity - 1) >>> CHUNK_BITS) + 1);
        this.factory = factory;
    }

    /// The chunk that `index` lies in, at [#place].
    C chunk(int index) {
        C chunk = chunks.getAcquire(index >>> CHUNK_BITS);
        return chunk != null ? chunk : makeChunk(index >>> CHUNK_BITS);
    }

    /// The chunk that `index` lies in, if it was ever used.
    @Nullable
    C chunkIfUsed(int index) {
        return chunks.getAcquire(index >>> CHUNK_BITS);
    }

    static int place(int index) {
        return index & (CHUNK - 1);
    }

    private C makeChunk(int number) {
        C made = factory.apply(CHUNK);
        C other = chunks.compareAndExchange(number, null, made);
        return other == null ? made : other;
    }
}
