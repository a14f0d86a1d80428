package io.github.iocp4j.simulation;

import io.github.iocp4j.internal.win32.Win32;
import io.github.iocp4j.simulation.SimulatedMemory.Region;
import io.github.iocp4j.simulation.scheduler.Scheduler;
import io.github.iocp4j.testing.CountedCall;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;

/// The pages that operations lock, and who is refused for want of memory: by [MemoryLimits], or by chance.
final class KernelMemory {
    private final Scheduler scheduler;
    private final MemoryLimits limits;
    private final Map<CountedCall, Long> refusals = new EnumMap<>(CountedCall.class);
    private int locked;
    private int mostLocked;

    KernelMemory(Scheduler scheduler, MemoryLimits limits) {
        this.scheduler = scheduler;
        this.limits = limits;
    }

    /// Whether a call that locks no page is refused, which is counted.
    ///
    /// @param percent how often that happens whatever there is
    boolean refuses(CountedCall call, int percent) {
        boolean scarce = 2L * locked >= limits.lockablePages();
        boolean refused = scheduler.chance(percent) || (scarce && scheduler.chance(limits.scarcePercent()));
        return refused && count(call);
    }

    /// Whether a call that locks the pages of `regions` is refused, which is counted.
    boolean refuses(CountedCall call, int percent, List<Region> regions) {
        boolean refused = scheduler.chance(percent) || pages(regions) > limits.lockablePages() - locked;
        return refused && count(call);
    }

    /// How a refusal of WSARecv or WSASend is told.
    int refusal() {
        return scheduler.chance(limits.wouldBlockPercent()) ? -Win32.WSAEWOULDBLOCK : -Win32.WSAENOBUFS;
    }

    void lock(Operation operation) {
        operation.lockedPages = pages(operation.regions);
        locked += operation.lockedPages;
        mostLocked = Math.max(mostLocked, locked);
    }

    /// The operation is over inside the kernel; its packet may still wait.
    void unlock(Operation operation) {
        locked -= operation.lockedPages;
        operation.lockedPages = 0;
    }

    int locked() {
        return locked;
    }

    int mostLocked() {
        return mostLocked;
    }

    long refusals(CountedCall call) {
        return refusals.getOrDefault(call, 0L);
    }

    private boolean count(CountedCall call) {
        refusals.merge(call, 1L, Long::sum);
        return true;
    }

    /// Each WSABUF counts by itself, also where two touch the same page.
    private static int pages(List<Region> regions) {
        int pages = 0;
        for (Region region : regions) {
            pages += region.pages();
        }
        return pages;
    }
}
