package io.github.iocp4j.port;

import io.github.iocp4j.internal.concurrent.IndexedPool;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import org.jspecify.annotations.Nullable;

/// All OVERLAPPED structures of a port, side by side in one segment, so that an address gives its operation by
/// arithmetic: no map, no lock, no boxing.
///
/// ```c
/// typedef struct _OVERLAPPED {
///     ULONG_PTR Internal;      // +0   NTSTATUS
///     ULONG_PTR InternalHigh;  // +8   bytes transferred
///     DWORD     Offset;        // +16
///     DWORD     OffsetHigh;    // +20
///     HANDLE    hEvent;        // +24
/// } OVERLAPPED;                // 32 bytes
/// ```
/// The segment is freed when the port is closed with every slot home, and kept for ever when one is not.
final class OverlappedSlots {
    static final int SLOT_BYTES = 32;

    private static final int INTERNAL_OFFSET = 0;
    private static final int INTERNAL_HIGH_OFFSET = 8;
    private static final int OFFSET_OFFSET = 16;
    private static final int EVENT_OFFSET = 24;

    private final Arena arena;
    private final MemorySegment memory;
    private final long base;
    private final int count;
    private final IndexedPool<Operation> operations;

    OverlappedSlots(Arena arena, int count) {
        this.arena = arena;
        this.count = count;
        memory = arena.allocate((long) count * SLOT_BYTES, 64);
        base = memory.address();
        operations = new IndexedPool<>(count, count, index -> new Operation(this, index), operation -> {});
    }

    /// A free operation, or `null` when all slots are taken.
    @Nullable
    Operation take(OperationHandler handler, @Nullable Object attachment) {
        Operation operation = operations.take();
        if (operation != null) {
            operation.lend(handler, attachment);
        }
        return operation;
    }

    void giveBack(int index) {
        operations.give(index);
    }

    /// The operation whose OVERLAPPED is at `address`, or `null` when no slot begins there.
    @Nullable
    Operation find(long address) {
        long offset = address - base;
        if (offset < 0 || offset >= (long) count * SLOT_BYTES || offset % SLOT_BYTES != 0) {
            return null;
        }
        return operations.get((int) (offset / SLOT_BYTES));
    }

    long address(int index) {
        return base + (long) index * SLOT_BYTES;
    }

    void clear(int index, long fileOffset) {
        long slot = (long) index * SLOT_BYTES;
        memory.set(ValueLayout.JAVA_LONG, slot + INTERNAL_OFFSET, 0);
        memory.set(ValueLayout.JAVA_LONG, slot + INTERNAL_HIGH_OFFSET, 0);
        memory.set(ValueLayout.JAVA_LONG, slot + OFFSET_OFFSET, fileOffset);
        memory.set(ValueLayout.JAVA_LONG, slot + EVENT_OFFSET, 0);
    }

    int status(int index) {
        return memory.get(ValueLayout.JAVA_INT, (long) index * SLOT_BYTES + INTERNAL_OFFSET);
    }

    int bytesTransferred(int index) {
        return memory.get(ValueLayout.JAVA_INT, (long) index * SLOT_BYTES + INTERNAL_HIGH_OFFSET);
    }

    /// How many slots are taken.
    int taken() {
        return operations.taken();
    }

    /// How many slots belong to Windows: exact only when nobody submits and nobody dequeues.
    int inFlight() {
        int inFlight = 0;
        int used = operations.numbered();
        for (int i = 0; i < used; i++) {
            Operation operation = operations.get(i);
            if (operation != null && operation.isInFlight()) {
                inFlight++;
            }
        }
        return inFlight;
    }

    void free() {
        arena.close();
    }
}
