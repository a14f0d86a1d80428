package io.github.iocp4j;

import io.github.iocp4j.port.Timer;
import java.util.concurrent.atomic.AtomicInteger;

/// How many pages of memory the overlapped reads and sends of an endpoint have locked, against a budget of its
/// own: Windows has a limit too, which nobody can ask it for, and refuses with WSAENOBUFS beyond it.
///
/// Pages are locked, not bytes: 100 bytes across a page's border lock two. A quarter of the budget is for sends
/// alone, so that reads that wait for silent peers can't keep everybody from sending. Any thread may use it.
final class LockedPages {
    static final int PAGE_BYTES = 4096;

    /// How long real reads are spared after Windows has refused something.
    private static final long SPARED_NANOS = 1_000_000_000L;

    private final Timer clock;
    private final int budget;
    private final int readBudget;
    private final AtomicInteger locked = new AtomicInteger();

    /// Whether Windows has ever refused anything, and when it did last.
    private volatile boolean everRefused;

    private volatile long refusedAtNanos;

    LockedPages(int budget, Timer clock) {
        this.clock = clock;
        this.budget = budget;
        readBudget = budget - budget / 4;
    }

    /// How many pages `length` bytes at `address` touch.
    static int touched(long address, int length) {
        long first = address & -PAGE_BYTES;
        return (int) ((address + length - first + PAGE_BYTES - 1) / PAGE_BYTES);
    }

    boolean lockForRead(int pages) {
        return lock(pages, readBudget);
    }

    boolean lockForSend(int pages) {
        return lock(pages, budget);
    }

    void unlock(int pages) {
        locked.getAndAdd(-pages);
    }

    int locked() {
        return locked.get();
    }

    /// Windows has refused an overlapped call for want of memory.
    void refused() {
        refusedAtNanos = clock.nanoTime();
        everRefused = true;
    }

    /// Whether memory has been plentiful for a while, so that reads may lock pages.
    boolean allowsReads() {
        return locked.get() < readBudget && (!everRefused || clock.nanoTime() - refusedAtNanos > SPARED_NANOS);
    }

    private boolean lock(int pages, int most) {
        if (locked.addAndGet(pages) <= most) {
            return true;
        }
        locked.getAndAdd(-pages);
        return false;
    }
}
