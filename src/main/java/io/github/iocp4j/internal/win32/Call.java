package io.github.iocp4j.internal.win32;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/// The memory that one Win32 call needs besides its data: the captured error code, the WSABUF array, out
/// parameters and a socket address. It belongs to the thread that makes the call, for as long as the call runs,
/// and never to an operation: Windows has copied the WSABUF array when WSARecv or WSASend returns.
///
/// An I/O worker owns one for its life; other threads, virtual ones too, borrow one from a [CallPool].
public final class Call {
    /// The most WSABUFs of one call. Wine takes fewer than 1024 of them, and no peer in this field goes above 64.
    public static final int MAX_BUFFERS = 64;

    /// Room for a SOCKADDR_STORAGE or any option value that this library passes, in bytes.
    public static final int ADDRESS_BYTES = 128;

    private static final int WSABUF_BYTES = 16;
    private static final int WSABUF_POINTER_OFFSET = 8;
    private static final int OUT_OFFSET = 16;
    private static final int ADDRESS_OFFSET = 64;
    private static final int BUFFERS_OFFSET = ADDRESS_OFFSET + ADDRESS_BYTES;
    private static final int TOTAL_BYTES = BUFFERS_OFFSET + MAX_BUFFERS * WSABUF_BYTES;

    private final MemorySegment memory;
    private final MemorySegment state;
    private final MemorySegment out;
    private final MemorySegment address;
    private final MemorySegment buffers;

    /// @param arena where the memory comes from; a call with a segment of a shared arena would have to take and
    /// give back that arena at each downcall, so the linked calls use the global one
    public Call(Arena arena) {
        memory = arena.allocate(TOTAL_BYTES, 64);
        state = memory.asSlice(0, OUT_OFFSET);
        out = memory.asSlice(OUT_OFFSET, ADDRESS_OFFSET - OUT_OFFSET);
        address = memory.asSlice(ADDRESS_OFFSET, ADDRESS_BYTES);
        buffers = memory.asSlice(BUFFERS_OFFSET, (long) MAX_BUFFERS * WSABUF_BYTES);
    }

    /// Where captureCallState leaves the error code.
    MemorySegment state() {
        return state;
    }

    /// 48 bytes for the out parameters of one call.
    public MemorySegment out() {
        return out;
    }

    /// A scratch socket address or option value of [#ADDRESS_BYTES] bytes.
    public MemorySegment address() {
        return address;
    }

    /// The WSABUF array.
    public MemorySegment buffers() {
        return buffers;
    }

    /// Sets the WSABUF number `index`: `length` bytes at `address`.
    public void setBuffer(int index, long address, int length) {
        long offset = (long) index * WSABUF_BYTES;
        buffers.set(ValueLayout.JAVA_INT, offset, length);
        buffers.set(ValueLayout.JAVA_LONG, offset + WSABUF_POINTER_OFFSET, address);
    }

    /// The length of the WSABUF number `index`, in bytes.
    public int bufferLength(int index) {
        return buffers.get(ValueLayout.JAVA_INT, (long) index * WSABUF_BYTES);
    }

    /// The data of the WSABUF number `index`.
    public long bufferAddress(int index) {
        return buffers.get(ValueLayout.JAVA_LONG, (long) index * WSABUF_BYTES + WSABUF_POINTER_OFFSET);
    }

    /// What the last GetAcceptExSockaddrs found as the local address.
    public long localAddress() {
        return out.get(ValueLayout.JAVA_LONG, 0);
    }

    /// What the last GetAcceptExSockaddrs found as the peer's address.
    public long remoteAddress() {
        return out.get(ValueLayout.JAVA_LONG, 8);
    }

    /// Leaves the result of GetAcceptExSockaddrs: the implementations of that call alone use this.
    public void setAddresses(long local, long remote) {
        out.set(ValueLayout.JAVA_LONG, 0, local);
        out.set(ValueLayout.JAVA_LONG, 8, remote);
    }
}
