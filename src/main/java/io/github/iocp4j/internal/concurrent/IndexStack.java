package io.github.iocp4j.internal.concurrent;

import java.util.concurrent.atomic.AtomicIntegerArray;
import java.util.concurrent.atomic.AtomicLong;

/// A lock-free stack of the numbers 0 to `capacity` - 1, each in it at most once. Its memory grows with the
/// highest number that was ever in it.
///
/// The head carries a count of changes beside the number on top, so that a number that was taken and came back
/// meanwhile is not mistaken for one that never left.
final class IndexStack {
    private static final int EMPTY = 0;

    private final ChunkedArray<AtomicIntegerArray> next;
    private final AtomicLong head = new AtomicLong();

    IndexStack(int capacity) {
        next = new ChunkedArray<>(capacity, AtomicIntegerArray::new);
    }

    /// Puts a number that is not in the stack on its top.
    void push(int index) {
        AtomicIntegerArray chunk = next.chunk(index);
        int place = ChunkedArray.place(index);
        while (true) {
            long top = head.get();
            chunk.setPlain(place, (int) top);
            if (head.compareAndSet(top, changed(top) | (index + 1))) {
                return;
            }
        }
    }

    /// Takes the number on top.
    ///
    /// @return the number, or -1 when the stack is empty
    int pop() {
        while (true) {
            long top = head.get();
            int entry = (int) top;
            if (entry == EMPTY) {
                return -1;
            }
            int below = next.chunk(entry - 1).getPlain(ChunkedArray.place(entry - 1));
            if (head.compareAndSet(top, changed(top) | below)) {
                return entry - 1;
            }
        }
    }

    private static long changed(long top) {
        return ((top >>> 32) + 1) << 32;
    }
}
