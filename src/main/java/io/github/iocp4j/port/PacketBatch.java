package io.github.iocp4j.port;

import io.github.iocp4j.internal.win32.Call;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import org.jspecify.annotations.Nullable;

/// The packets that one [CompletionPort#dequeue] took, in memory that is used again by the next one.
///
/// A batch belongs to one thread. One with room for a single packet is filled by GetQueuedCompletionStatus, a
/// larger one by GetQueuedCompletionStatusEx.
///
/// ```c
/// typedef struct _OVERLAPPED_ENTRY {
///     ULONG_PTR    lpCompletionKey;             // +0
///     LPOVERLAPPED lpOverlapped;                // +8
///     ULONG_PTR    Internal;                    // +16
///     DWORD        dwNumberOfBytesTransferred;  // +24
/// } OVERLAPPED_ENTRY;                           // 32 bytes
/// ```
public final class PacketBatch {
    private static final int ENTRY_BYTES = 32;
    private static final int KEY_OFFSET = 0;
    private static final int OVERLAPPED_OFFSET = 8;
    private static final int BYTES_OFFSET = 24;

    private final MemorySegment entries;
    private final @Nullable Operation[] operations;
    private final Call call;
    private int count;

    PacketBatch(Arena arena, int capacity) {
        entries = arena.allocate((long) capacity * ENTRY_BYTES, ENTRY_BYTES);
        operations = new Operation[capacity];
        call = new Call(arena);
    }

    /// The most packets that fit.
    public int capacity() {
        return operations.length;
    }

    /// How many packets the last dequeue took.
    public int count() {
        return count;
    }

    /// The operation of the packet number `index`, which is home now, or `null` when the packet belongs to no
    /// operation of this port that was in flight.
    public @Nullable Operation operation(int index) {
        return operations[index];
    }

    /// The completion key of the packet number `index`: what its handle was associated with, or what was posted.
    public long completionKey(int index) {
        return entries.get(ValueLayout.JAVA_LONG, (long) index * ENTRY_BYTES + KEY_OFFSET);
    }

    /// The bytes transferred of the packet number `index`.
    public int bytesTransferred(int index) {
        return entries.get(ValueLayout.JAVA_INT, (long) index * ENTRY_BYTES + BYTES_OFFSET);
    }

    long overlapped(int index) {
        return entries.get(ValueLayout.JAVA_LONG, (long) index * ENTRY_BYTES + OVERLAPPED_OFFSET);
    }

    long entriesAddress() {
        return entries.address();
    }

    Call call() {
        return call;
    }

    /// Takes all operations of the batch back from Windows, before the first is handled: from then on their slots
    /// may be used again.
    ///
    /// @return how many packets belong to no operation, and are not bare ones either
    int resolve(OverlappedSlots slots, int taken) {
        int foreign = 0;
        for (int i = 0; i < taken; i++) {
            long address = overlapped(i);
            Operation operation = slots.find(address);
            boolean ours = operation != null && operation.dequeued(bytesTransferred(i));
            operations[i] = ours ? operation : null;
            if (!ours && address != 0) {
                foreign++;
            }
        }
        count = taken;
        return foreign;
    }
}
