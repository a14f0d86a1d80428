package io.github.iocp4j;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;

/// The article's pending-I/O count (section 3.6.4) of a connection context, with the context's generation in the
/// same word.
///
/// Every loop that will come back through the port holds one, the open socket holds one, and so does whoever runs
/// callbacks. While one is held the context is not released; at zero, and only then, it is. From zero it never
/// rises again: the next connection of the context begins with a new generation. Lock-free, by any thread.
final class PendingIoCount {
    private static final long COUNT_MASK = 0xffff_ffffL;

    private static final VarHandle WORD;

    static {
        try {
            WORD = MethodHandles.lookup().findVarHandle(PendingIoCount.class, "word", long.class);
        } catch (ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    private volatile long word;

    /// Begins a generation, with a count of one.
    ///
    /// @param generation differs from all that the context has had
    void begin(int generation) {
        if ((word & COUNT_MASK) != 0) {
            throw new AssertionError("a context is used again only after its release");
        }
        word = ((long) generation << 32) | 1;
    }

    /// Counts one more. Only for who holds one already.
    void enter() {
        long before = (long) WORD.getAndAdd(this, 1L);
        if ((before & COUNT_MASK) == 0) {
            throw new AssertionError("enterIo at zero");
        }
    }

    /// Counts one more for who holds none, unless the count is at zero or belongs to another generation.
    boolean tryEnter(int generation) {
        while (true) {
            long seen = word;
            if ((seen & COUNT_MASK) == 0 || generation(seen) != generation) {
                return false;
            }
            if (WORD.compareAndSet(this, seen, seen + 1)) {
                return true;
            }
        }
    }

    /// Counts one less.
    ///
    /// @return whether that was the last one: then the caller releases the context
    boolean exit() {
        long before = (long) WORD.getAndAdd(this, -1L);
        if ((before & COUNT_MASK) == 0) {
            throw new AssertionError("exitIo at zero");
        }
        return (before & COUNT_MASK) == 1;
    }

    /// Counts one less unless that would be the last one, which an I/O worker has to give back.
    ///
    /// @return `false` when the caller still holds the last one
    boolean exitUnlessLast() {
        while (true) {
            long seen = word;
            if ((seen & COUNT_MASK) == 1) {
                return false;
            }
            if (WORD.compareAndSet(this, seen, seen - 1)) {
                return true;
            }
        }
    }

    int count() {
        return (int) (word & COUNT_MASK);
    }

    int generation() {
        return generation(word);
    }

    private static int generation(long word) {
        return (int) (word >>> 32);
    }
}
