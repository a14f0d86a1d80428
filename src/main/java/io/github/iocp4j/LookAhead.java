package io.github.iocp4j;

import io.github.iocp4j.frame.Framing;
import java.lang.foreign.MemorySegment;

/// The few bytes at the end of a chunk that a decoder could not decide on yet: they are kept until more have come,
/// and shown with these in one piece. Most connections never need it; then it has no memory.
final class LookAhead {
    /// As much as a decoder may ask to see at once.
    static final int BYTES = Framing.MOST_HEADER_BYTES;

    private MemorySegment memory = MemorySegment.NULL;
    private int kept;

    /// How many bytes are kept.
    int bytes() {
        return kept;
    }

    /// The bytes that are kept, from the start, and behind them those that were shown last.
    MemorySegment memory() {
        return memory;
    }

    /// Puts up to `count` bytes behind those that are kept, to be seen and no more.
    ///
    /// @return how many can be seen in all
    int show(MemorySegment from, int offset, int count) {
        if (memory.byteSize() == 0) {
            memory = MemorySegment.ofArray(new byte[BYTES]);
        }
        int added = Math.min(count, BYTES - kept);
        MemorySegment.copy(from, offset, memory, kept, added);
        return kept + added;
    }

    /// Keeps `count` more bytes, for which there is room.
    void keep(MemorySegment from, int offset, int count) {
        kept = show(from, offset, count);
    }

    /// Drops the first bytes, `count` of them or as many as are kept.
    ///
    /// @return how many
    int drop(long count) {
        int dropped = (int) Math.min(count, kept);
        if (dropped > 0) {
            kept -= dropped;
            MemorySegment.copy(memory, dropped, memory, 0, kept);
        }
        return dropped;
    }

    void clear() {
        kept = 0;
    }
}
