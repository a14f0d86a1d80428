package io.github.iocp4j.testing.idle;

import io.github.iocp4j.internal.win32.Win32;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;

/// What the idle calls share: one port, its packets, and sockets on which as many frames arrive as the test
/// says.
///
/// A receive brings one frame, of which only the header is written, and a send is done when it is called. One
/// monitor guards everything, so that waiting allocates nothing.
public final class IdleKernel {
    /// How an operation ends that can be done at once.
    public enum Completion {
        /// In the call that submits it, without a packet.
        INLINE,
        /// By a packet.
        PACKET
    }

    static final MemorySegment MEMORY = MemorySegment.NULL.reinterpret(Long.MAX_VALUE);
    static final long PORT = 4;

    private static final int STATUS_CANCELLED = 0xC0000120;
    private static final long KEY_OFFSET = 0;
    private static final long OVERLAPPED_OFFSET = 8;
    private static final long ENTRY_BYTES_OFFSET = 24;
    private static final long ENTRY_BYTES = 32;
    private static final long INTERNAL_HIGH_OFFSET = 8;
    private static final int SOCKETS = 64;
    private static final int MOST_PACKETS = 1 << 12;
    private static final int HEADER_BYTES = 4;
    private static final ValueLayout.OfInt LITTLE_ENDIAN_INT =
            ValueLayout.JAVA_INT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

    private final Completion completion;
    private final int payloadBytes;
    private final IdleSocket[] sockets = new IdleSocket[SOCKETS];
    private final long[] keys = new long[MOST_PACKETS];
    private final long[] overlappeds = new long[MOST_PACKETS];
    private final int[] counts = new int[MOST_PACKETS];
    private int opened;
    private long put;
    private long taken;
    private long framesLeft;
    private int peersLeft;
    private long bytesSent;

    /// @param payloadBytes how long the payload of each frame is that arrives
    public IdleKernel(Completion completion, int payloadBytes) {
        this.completion = completion;
        this.payloadBytes = payloadBytes;
        for (int i = 0; i < SOCKETS; i++) {
            sockets[i] = new IdleSocket();
        }
    }

    /// Lets `count` peers connect to whoever accepts next.
    public synchronized void arrivePeers(int count) {
        peersLeft = count;
    }

    /// Lets `count` frames arrive: one at a time on each socket, the next one when something was sent there.
    public synchronized void arriveFrames(long count) {
        framesLeft += count;
        for (int i = 0; i < opened; i++) {
            if (sockets[i].connected) {
                arrive(sockets[i]);
            }
        }
    }

    /// How many bytes have been sent, headers included.
    public synchronized long bytesSent() {
        return bytesSent;
    }

    /// Waits until `bytes` bytes have been sent in all.
    ///
    /// @return whether they have been, within `nanos`
    public synchronized boolean awaitSent(long bytes, long nanos) {
        long deadline = System.nanoTime() + nanos;
        while (bytesSent < bytes && deadline - System.nanoTime() > 0) {
            await(this, deadline - System.nanoTime());
        }
        return bytesSent >= bytes;
    }

    synchronized long open() {
        if (opened == SOCKETS) {
            throw new AssertionError("more than " + SOCKETS + " sockets");
        }
        return 4L * (opened++ + 2);
    }

    synchronized void associate(long handle, long key) {
        socket(handle).key = key;
    }

    synchronized void skipOnSuccess(long handle) {
        socket(handle).skipsOnSuccess = true;
    }

    synchronized int accept(long listener, long overlapped) {
        if (peersLeft == 0) {
            socket(listener).pend(overlapped, 0, 0);
        } else {
            peersLeft--;
            complete(socket(listener), overlapped, 0, 0);
        }
        return -Win32.WSA_IO_PENDING;
    }

    synchronized int connect(long handle, long overlapped) {
        return done(socket(handle), overlapped, 0);
    }

    synchronized int receive(long handle, long address, int length, long overlapped) {
        IdleSocket socket = socket(handle);
        if (socket.ended) {
            return overlapped == 0 ? 0 : done(socket, overlapped, 0);
        }
        if (!socket.connected) {
            socket.connected = true;
            arrive(socket);
        }
        if (!socket.frameReady) {
            if (overlapped == 0) {
                return -Win32.WSAEWOULDBLOCK;
            }
            socket.pend(overlapped, address, length);
            return -Win32.WSA_IO_PENDING;
        }
        if (overlapped == 0) {
            return write(socket, address);
        }
        return done(socket, overlapped, length == 0 ? 0 : write(socket, address));
    }

    synchronized int send(long handle, int bytes, long overlapped) {
        bytesSent += bytes;
        int result = done(socket(handle), overlapped, bytes);
        arrive(socket(handle));
        notifyAll();
        return result;
    }

    /// The peer ends its stream when we do.
    synchronized void shutdown(long handle) {
        IdleSocket socket = socket(handle);
        socket.ended = true;
        while (socket.isPending()) {
            complete(socket, socket.takePending(), 0, 0);
        }
    }

    synchronized void cancel(long handle) {
        IdleSocket socket = socket(handle);
        while (socket.isPending()) {
            complete(socket, socket.takePending(), STATUS_CANCELLED, 0);
        }
    }

    synchronized void post(long key, int bytes, long overlapped) {
        int place = (int) (put++ & (MOST_PACKETS - 1));
        if (put - taken > MOST_PACKETS) {
            throw new AssertionError("more than " + MOST_PACKETS + " packets");
        }
        keys[place] = key;
        overlappeds[place] = overlapped;
        counts[place] = bytes;
        notifyAll();
    }

    synchronized int dequeue(long entries, int capacity, int milliseconds) {
        long deadline = System.nanoTime() + milliseconds * 1_000_000L;
        while (put == taken) {
            long left = milliseconds == Win32.INFINITE ? Long.MAX_VALUE : deadline - System.nanoTime();
            if (left <= 0) {
                return -Win32.WAIT_TIMEOUT;
            }
            await(this, left);
        }
        int count = (int) Math.min(capacity, put - taken);
        for (int i = 0; i < count; i++) {
            int place = (int) (taken++ & (MOST_PACKETS - 1));
            long entry = entries + i * ENTRY_BYTES;
            MEMORY.set(ValueLayout.JAVA_LONG, entry + KEY_OFFSET, keys[place]);
            MEMORY.set(ValueLayout.JAVA_LONG, entry + OVERLAPPED_OFFSET, overlappeds[place]);
            MEMORY.set(ValueLayout.JAVA_INT, entry + ENTRY_BYTES_OFFSET, counts[place]);
        }
        return count;
    }

    /// Waits at a monitor that the caller is in.
    @SuppressWarnings({"WaitNotInLoop", "NakedNotify"}) // the caller loops
    static void await(Object monitor, long nanos) {
        try {
            monitor.wait(Math.clamp(nanos / 1_000_000, 1, 10_000));
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    private int done(IdleSocket socket, long overlapped, int bytes) {
        if (completion == Completion.INLINE && socket.skipsOnSuccess) {
            stamp(overlapped, 0, bytes);
            return 0;
        }
        complete(socket, overlapped, 0, bytes);
        return -Win32.WSA_IO_PENDING;
    }

    private void complete(IdleSocket socket, long overlapped, int status, int bytes) {
        stamp(overlapped, status, bytes);
        post(socket.key, bytes, overlapped);
    }

    private void arrive(IdleSocket socket) {
        if (framesLeft > 0 && !socket.frameReady) {
            framesLeft--;
            socket.frameReady = true;
        }
        while (socket.frameReady && socket.isPending()) {
            boolean zeroByte = socket.isZeroByte();
            long overlapped = socket.takePending();
            complete(socket, overlapped, 0, zeroByte ? 0 : write(socket, socket.pendingAddress()));
        }
    }

    private int write(IdleSocket socket, long address) {
        socket.frameReady = false;
        MEMORY.set(LITTLE_ENDIAN_INT, address, payloadBytes);
        return HEADER_BYTES + payloadBytes;
    }

    private IdleSocket socket(long handle) {
        return sockets[(int) (handle / 4) - 2];
    }

    private static void stamp(long overlapped, int status, int bytes) {
        MEMORY.set(ValueLayout.JAVA_LONG, overlapped, Integer.toUnsignedLong(status));
        MEMORY.set(ValueLayout.JAVA_LONG, overlapped + INTERNAL_HIGH_OFFSET, bytes);
    }
}
