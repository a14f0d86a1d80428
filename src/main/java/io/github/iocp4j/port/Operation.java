package io.github.iocp4j.port;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import org.jspecify.annotations.Nullable;

/// One overlapped operation: an OVERLAPPED in native memory, and who is told when it is over.
///
/// An operation is taken from its port by [CompletionPort#acquire], used for any number of submissions, one after
/// another, and given back by [#release]. A submission goes like this, from any thread:
/// ```java
/// long overlapped = operation.begin();          // Windows may own it from here on
/// int code = ... a Win32 call with that OVERLAPPED ...
/// if (no packet will come) operation.end();     // refused, or done at once under skip-on-success
/// ```
/// Between [#begin] and the packet, or [#end], the OVERLAPPED belongs to Windows: nobody reads, changes or reuses
/// it. When the call says that a packet will come, another worker may already be handling that packet: the caller
/// touches nothing of the operation any more. The data buffer of the call must live as long; the operation doesn't
/// know it.
public final class Operation {
    private static final int FREE = 0;
    private static final int HOME = 1;
    private static final int IN_FLIGHT = 2;

    private static final VarHandle STATE;

    static {
        try {
            STATE = MethodHandles.lookup().findVarHandle(Operation.class, "state", int.class);
        } catch (ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    private final OverlappedSlots slots;
    private final int index;
    private @Nullable OperationHandler handler;
    private @Nullable Object attachment;
    private int status;
    private int bytesTransferred;

    @SuppressWarnings("unused") // through STATE
    private int state;

    Operation(OverlappedSlots slots, int index) {
        this.slots = slots;
        this.index = index;
    }

    /// Clears the OVERLAPPED and hands it to Windows: to be called right before the Win32 call that takes it.
    ///
    /// @return the address of the OVERLAPPED
    /// @throws IllegalStateException when the operation is in flight already, or was released
    public long begin() {
        return begin(0);
    }

    /// Clears the OVERLAPPED, hands it to Windows like [#begin()], and says where in its file the call begins.
    ///
    /// @param fileOffset in bytes: the OVERLAPPED's Offset and OffsetHigh
    /// @return the address of the OVERLAPPED
    /// @throws IllegalStateException when the operation is in flight already, or was released
    public long begin(long fileOffset) {
        if ((int) STATE.get(this) != HOME) {
            throw new IllegalStateException("begin of an operation that is in flight or was released");
        }
        slots.clear(index, fileOffset);
        // Whoever takes the packet reads the state first, and so sees what the owner wrote before.
        STATE.setRelease(this, IN_FLIGHT);
        return slots.address(index);
    }

    /// Takes the operation back when no packet will come: the call was refused, or it was done at once on a handle
    /// that skips the port on success. Then [#status] and [#bytesTransferred] say what Windows left in the
    /// OVERLAPPED.
    ///
    /// @throws IllegalStateException when the operation is not in flight
    public void end() {
        if ((int) STATE.get(this) != IN_FLIGHT) {
            throw new IllegalStateException("end of an operation that is not in flight");
        }
        status = slots.status(index);
        bytesTransferred = slots.bytesTransferred(index);
        STATE.setRelease(this, HOME);
    }

    /// The NTSTATUS of the last operation, 0 when it succeeded.
    public int status() {
        return status;
    }

    /// The bytes that the last operation transferred; for a posted packet the number that was posted.
    public int bytesTransferred() {
        return bytesTransferred;
    }

    /// What the owner attached when it took the operation.
    public @Nullable Object attachment() {
        return attachment;
    }

    /// The address of the OVERLAPPED. It stays the same for the life of the port.
    public long address() {
        return slots.address(index);
    }

    /// Whether the OVERLAPPED belongs to Windows now: a hint for others than the owner.
    public boolean isInFlight() {
        return (int) STATE.getAcquire(this) == IN_FLIGHT;
    }

    /// Gives the operation back to its port.
    ///
    /// @throws IllegalStateException when it is in flight, or was released already
    public void release() {
        if (!STATE.compareAndSet(this, HOME, FREE)) {
            throw new IllegalStateException("release of an operation that is in flight or was released");
        }
        handler = null;
        attachment = null;
        slots.giveBack(index);
    }

    void lend(OperationHandler handler, @Nullable Object attachment) {
        this.handler = handler;
        this.attachment = attachment;
        STATE.setRelease(this, HOME);
    }

    /// Takes the operation back from Windows, when its packet has been dequeued.
    ///
    /// @return `false` when it was not in flight: then that packet is not one of ours
    boolean dequeued(int bytes) {
        if ((int) STATE.getAcquire(this) != IN_FLIGHT) {
            return false;
        }
        status = slots.status(index);
        bytesTransferred = bytes;
        STATE.setRelease(this, HOME);
        return true;
    }

    void complete(IoWorker worker) {
        OperationHandler owner = handler;
        if (owner == null) {
            throw new AssertionError("an operation that was in flight has an owner");
        }
        owner.completed(this, worker);
    }
}
