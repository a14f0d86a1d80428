package io.github.iocp4j.simulation;

import io.github.iocp4j.simulation.scheduler.Scheduler;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/// The native memory of a simulated process. Whatever is given to the kernel must lie in an allocation of a living
/// arena.
final class SimulatedMemory {
    private static final byte POISON = (byte) 0xDD;
    private static final int PAGE_BYTES = 4096;
    private static final String OURS = "io.github.iocp4j.";

    private final Scheduler scheduler;
    private final Arena backing = Arena.ofShared();
    private final TreeMap<Long, Allocation> allocations = new TreeMap<>();
    private final List<TrackedArena> arenas = new ArrayList<>();
    private final List<TrackedArena> immortal = new ArrayList<>();
    private int allocationCount;

    SimulatedMemory(Scheduler scheduler) {
        this.scheduler = scheduler;
    }

    Arena newArena() {
        TrackedArena arena = new TrackedArena("arena " + arenas.size() + " made by " + caller());
        arenas.add(arena);
        return arena;
    }

    /// An arena that lives as long as the process.
    Arena newImmortalArena() {
        TrackedArena arena = new TrackedArena("the arena of the host");
        immortal.add(arena);
        return arena;
    }

    /// The memory at an address.
    Region region(long address, long length, String purpose) {
        Map.Entry<Long, Allocation> entry = allocations.floorEntry(address);
        if (entry == null) {
            throw scheduler.fail(purpose + ": the address belongs to no arena of the host");
        }
        Allocation allocation = entry.getValue();
        long offset = address - allocation.base;
        if (offset + length > allocation.size || length < 0) {
            throw scheduler.fail(purpose + ": " + length + " bytes at " + allocation.number + "+" + offset
                    + " reach beyond the allocation of " + allocation.size + " bytes");
        }
        if (allocation.arena.closed) {
            throw scheduler.fail(purpose + ": " + allocation.number + "+" + offset + " is in closed memory: "
                    + allocation.arena.name);
        }
        return new Region(allocation, offset, length);
    }

    /// A number for an address that is the same in each run of a seed.
    long idOf(long address) {
        Map.Entry<Long, Allocation> entry = allocations.floorEntry(address);
        if (entry == null || address - entry.getKey() >= entry.getValue().size) {
            return address;
        }
        return ((long) entry.getValue().number << 32) + address - entry.getKey();
    }

    List<String> leftovers() {
        return arenas.stream()
                .filter(each -> !each.closed)
                .map(each -> "not closed: " + each.name)
                .toList();
    }

    /// Gives the memory back to the machine; whoever still uses it gets an exception. No thread of the run may be
    /// left.
    void free() {
        arenas.stream().filter(each -> !each.closed).forEach(each -> each.lifetime.close());
        immortal.forEach(each -> each.lifetime.close());
        backing.close();
    }

    private static String caller() {
        return StackWalker.getInstance()
                .walk(frames -> frames.filter(each -> each.getClassName().startsWith(OURS)
                                && !each.getClassName().startsWith(OURS + "simulation.Simulated")
                                && !each.getClassName().contains("Counting"))
                        .findFirst()
                        .map(each -> each.getClassName() + "." + each.getMethodName() + ":" + each.getLineNumber())
                        .orElse("nobody of ours"));
    }

    /// One piece of memory, as an arena gave it out.
    static final class Allocation {
        private final TrackedArena arena;
        private final int number;
        private final long base;
        private final long size;
        private final long placeInPage;
        private final MemorySegment raw;
        private final Set<Operation> owners = new LinkedHashSet<>();
        private final Set<Operation> dataOwners = new LinkedHashSet<>();

        private Allocation(TrackedArena arena, int number, MemorySegment raw, long alignment) {
            this.arena = arena;
            this.number = number;
            this.raw = raw;
            base = raw.address();
            size = raw.byteSize();
            placeInPage = alignment % PAGE_BYTES;
        }

        /// The operations in flight that own any part of this.
        Set<Operation> owners() {
            return owners;
        }

        /// Those of them whose data is here, and not their OVERLAPPED only.
        Set<Operation> dataOwners() {
            return dataOwners;
        }
    }

    /// A part of an allocation.
    record Region(Allocation allocation, long offset, long length) {
        MemorySegment segment() {
            return allocation.raw.asSlice(offset, length);
        }

        /// How many pages it touches; it is not empty. Addresses differ from run to run: so an allocation lies as
        /// its alignment allows, that many bytes behind the beginning of a page.
        int pages() {
            long begin = allocation.placeInPage + offset;
            return (int) ((begin + length - 1) / PAGE_BYTES - begin / PAGE_BYTES) + 1;
        }

        boolean overlaps(Region other) {
            return allocation == other.allocation
                    && offset < other.offset + other.length
                    && other.offset < offset + length;
        }

        @Override
        public String toString() {
            return allocation.number + "+" + offset + " (" + length + " bytes)";
        }
    }

    private final class TrackedArena implements Arena {
        private final String name;
        private final Arena lifetime = Arena.ofShared();
        private final List<Allocation> own = new ArrayList<>();
        private boolean closed;

        private TrackedArena(String name) {
            this.name = name;
        }

        @Override
        public MemorySegment allocate(long byteSize, long byteAlignment) {
            if (closed) {
                throw new IllegalStateException("Already closed: " + name);
            }
            MemorySegment raw = backing.allocate(Math.max(1, byteSize), byteAlignment);
            Allocation allocation = new Allocation(this, allocationCount++, raw, byteAlignment);
            allocations.put(raw.address(), allocation);
            own.add(allocation);
            return raw.reinterpret(byteSize, lifetime, null);
        }

        @Override
        public MemorySegment.Scope scope() {
            return lifetime.scope();
        }

        @Override
        public void close() {
            if (closed) {
                throw new IllegalStateException("Already closed: " + name);
            }
            for (Allocation allocation : own) {
                if (!allocation.owners.isEmpty()) {
                    throw scheduler.fail(name + " is closed while the kernel owns memory of it: "
                            + allocation.owners.iterator().next());
                }
                allocation.raw.fill(POISON);
            }
            closed = true;
            lifetime.close();
        }
    }
}
