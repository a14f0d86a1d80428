package io.github.iocp4j.internal.win32;

import java.lang.foreign.Arena;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicReferenceArray;
import org.jspecify.annotations.Nullable;

/// The [Call]s that threads borrow, each for one Win32 call. Any thread may use it, virtual ones too; nothing
/// waits.
///
/// It keeps all it ever made, about as many as threads were ever inside a call at once: their memory lives as long
/// as the arena.
public final class CallPool {
    private static final int KEPT = 64;

    private final AtomicReferenceArray<@Nullable Call> kept = new AtomicReferenceArray<>(KEPT);

    /// What finds no place above, when more threads are inside a call at once than there are places. A queue that
    /// allocates is good enough for that.
    private final ConcurrentLinkedQueue<Call> rest = new ConcurrentLinkedQueue<>();

    private final Arena arena;

    public CallPool(Arena arena) {
        this.arena = arena;
    }

    /// Borrows a call; the borrower gives it back by [#release].
    public Call acquire() {
        int start = place();
        for (int i = 0; i < KEPT; i++) {
            int index = (start + i) & (KEPT - 1);
            // The plain look first: a full exchange on every empty place would make them all contended.
            if (kept.getPlain(index) != null) {
                Call call = kept.getAndSet(index, null);
                if (call != null) {
                    return call;
                }
            }
        }
        Call call = rest.poll();
        return call != null ? call : new Call(arena);
    }

    /// Gives back what [#acquire] lent.
    public void release(Call call) {
        int start = place();
        for (int i = 0; i < KEPT; i++) {
            int index = (start + i) & (KEPT - 1);
            if (kept.getPlain(index) == null && kept.compareAndSet(index, null, call)) {
                return;
            }
        }
        rest.add(call);
    }

    private static int place() {
        return (int) Thread.currentThread().threadId() & (KEPT - 1);
    }
}
