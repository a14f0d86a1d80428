package io.github.iocp4j;

import io.github.iocp4j.memory.BufferPool;
import io.github.iocp4j.memory.IoBuffer;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import org.jspecify.annotations.Nullable;

/// A frame that outlives its callback, its connection and even its endpoint, until it is closed: what
/// [Frame#retain] gives.
///
/// Any thread may use it, several at once too, and any may close it once nobody else uses it any more; then its
/// methods, and those of its slices, throw IllegalStateException. [Connection#send(Frame)] takes a reference of
/// its own, so that the frame may be closed when `send` has returned. Frames that are open when their endpoint
/// has closed are reported as left over; their memory is freed by their close, never before.
public final class RetainedFrame extends Frame implements AutoCloseable {
    private static final VarHandle CLOSED;

    static {
        try {
            CLOSED = MethodHandles.lookup().findVarHandle(RetainedFrame.class, "closed", boolean.class);
        } catch (ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    private final IoBuffer owned;

    @SuppressWarnings("unused") // through CLOSED
    private volatile boolean closed;

    /// @param owned a buffer of which the caller gives a reference away
    RetainedFrame(@Nullable BufferPool copies, IoBuffer owned, int offset, int length) {
        super(copies);
        this.owned = owned;
        show(owned, offset, length);
    }

    /// Gives the memory back. Later calls do nothing, whichever thread they come from.
    @Override
    public void close() {
        if ((boolean) CLOSED.compareAndSet(this, false, true)) {
            hide();
            owned.release();
        }
    }
}
