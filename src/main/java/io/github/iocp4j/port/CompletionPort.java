package io.github.iocp4j.port;

import io.github.iocp4j.error.WindowsException;
import io.github.iocp4j.internal.host.Host;
import io.github.iocp4j.internal.host.WindowsHost;
import io.github.iocp4j.internal.option.Ranges;
import io.github.iocp4j.internal.win32.Call;
import io.github.iocp4j.internal.win32.Win32;
import java.lang.foreign.Arena;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;

/// A Windows I/O completion port with the OVERLAPPED slots of its operations.
///
/// Any thread may call any method; nothing but [#dequeue] and [#close] waits. The number of slots is fixed when
/// the port is opened. Memory that Windows still owns when the port is closed is kept for ever, and reported,
/// never freed.
///
/// Source: CreateIoCompletionPort, GetQueuedCompletionStatus(Ex), PostQueuedCompletionStatus; the article's
/// sections 3.1 to 3.5.
public final class CompletionPort implements AutoCloseable {
    /// For [#dequeue]: wait without limit.
    public static final int FOREVER = Win32.INFINITE;

    static final long STOP_KEY = 0x706f7473_34706369L;

    private static final System.Logger LOG = System.getLogger(CompletionPort.class.getName());
    private static final Duration CLOSE_LIMIT = Duration.ofSeconds(4);
    private static final int MOST_SLOTS = 1 << 27;

    private final Host host;
    private final long handle;
    private final OverlappedSlots slots;
    private final Arena batches;
    private final Timer timer;
    private final LongAdder foreignPackets = new LongAdder();
    private final LongAdder refusedPosts = new LongAdder();
    private final AtomicBoolean closed = new AtomicBoolean();
    private final AtomicInteger workersRunning = new AtomicInteger();

    CompletionPort(Host host, int concurrency, int operations) throws WindowsException {
        if (concurrency < 0) {
            throw new IllegalArgumentException("concurrency=" + concurrency + ": must be 0 (the processors) or more");
        }
        Ranges.require("operations", operations, 1, MOST_SLOTS);
        this.host = host;
        Call call = host.calls().acquire();
        long result = host.kernel32().CreateIoCompletionPort(call, Win32.INVALID_HANDLE_VALUE, 0, 0, concurrency);
        host.calls().release(call);
        if (result < 0) {
            throw new WindowsException("CreateIoCompletionPort", (int) -result);
        }
        handle = result;
        slots = new OverlappedSlots(host.newArena(), operations);
        batches = host.newArena();
        timer = new Timer(host);
    }

    /// Opens a port.
    ///
    /// @param concurrency how many threads Windows lets run at once with packets of this port; 0: as many as there
    /// are processors
    /// @param operations how many operations can be taken at once; each costs 32 bytes off the heap from the start
    /// @throws UnsupportedOperationException when this is not Windows, or native access is denied
    /// @throws WindowsException when CreateIoCompletionPort fails
    public static CompletionPort open(int concurrency, int operations) throws WindowsException {
        return new CompletionPort(WindowsHost.get(), concurrency, operations);
    }

    /// Associates a handle or SOCKET, opened for overlapped I/O, with this port. It can't be undone.
    ///
    /// @param key comes with each packet of the handle
    /// @throws WindowsException when CreateIoCompletionPort fails: ERROR_INVALID_PARAMETER when the handle has a
    /// port already
    public void associate(long fileHandle, long key) throws WindowsException {
        Call call = host.calls().acquire();
        long result = host.kernel32().CreateIoCompletionPort(call, fileHandle, handle, key, 0);
        host.calls().release(call);
        if (result < 0) {
            throw new WindowsException("CreateIoCompletionPort", (int) -result);
        }
    }

    /// Takes an operation of this port. The caller gives it back by [Operation#release].
    ///
    /// @return the operation, or `null` when all slots are taken
    public @Nullable Operation acquire(OperationHandler handler, @Nullable Object attachment) {
        return slots.take(handler, attachment);
    }

    /// Posts a packet of `operation`, which then belongs to Windows until the packet is dequeued. When the post is
    /// refused, the operation is home again.
    ///
    /// @param bytes what [Operation#bytesTransferred] shall say
    /// @return 0, or the Win32 code of the refusal (ERROR_NO_SYSTEM_RESOURCES and the like)
    public int post(Operation operation, long key, int bytes) {
        long overlapped = operation.begin();
        int code = postPacket(key, bytes, overlapped);
        if (code != 0) {
            operation.end();
            refusedPosts.increment();
        }
        return code;
    }

    /// A batch for [#dequeue], for use by one thread. Its memory lives as long as the port.
    ///
    /// @param capacity the most packets it takes at once, at least 1
    public PacketBatch newBatch(int capacity) {
        if (capacity < 1) {
            throw new IllegalArgumentException("capacity=" + capacity + ": must be 1 or more");
        }
        return new PacketBatch(batches, capacity);
    }

    /// Waits for packets and takes as many as there are and as fit. A failed operation is a packet like any other.
    /// Windows may return before the time is up, with nothing.
    ///
    /// @param timeoutMillis how long to wait for the first packet, or [#FOREVER]
    /// @return how many packets were taken, 0 when none came in time
    /// @throws WindowsException when the port itself fails, as when it has been closed
    public int dequeue(PacketBatch batch, int timeoutMillis) throws WindowsException {
        Call call = batch.call();
        boolean single = batch.capacity() == 1;
        int taken = single
                ? host.kernel32().GetQueuedCompletionStatus(call, handle, batch.entriesAddress(), timeoutMillis)
                : host.kernel32()
                        .GetQueuedCompletionStatusEx(
                                call, handle, batch.entriesAddress(), batch.capacity(), timeoutMillis);
        if (taken < 0) {
            batch.resolve(slots, 0);
            if (taken == -Win32.WAIT_TIMEOUT) {
                return 0;
            }
            throw new WindowsException(single ? "GetQueuedCompletionStatus" : "GetQueuedCompletionStatusEx", -taken);
        }
        int foreign = batch.resolve(slots, taken);
        if (foreign > 0) {
            foreignPackets.add(foreign);
        }
        return taken;
    }

    /// The timer of this port.
    public Timer timer() {
        return timer;
    }

    /// How many operations are taken now.
    public int operationsTaken() {
        return slots.taken();
    }

    /// How many operations belong to Windows now: exact only while nobody submits or dequeues.
    public int operationsInFlight() {
        return slots.inFlight();
    }

    /// How many packets came whose OVERLAPPED is none of this port's, or was not in flight. They are ignored.
    public long foreignPackets() {
        return foreignPackets.sum();
    }

    /// How many posts of operations Windows has refused.
    public long refusedPosts() {
        return refusedPosts.sum();
    }

    /// Where this port's kernel, clock and memory come from: for the other packages of this library. The type is
    /// not exported.
    @SuppressWarnings("exports")
    public Host host() {
        return host;
    }

    /// Closes the port with a limit of 4 s: see [#close(Duration)].
    @Override
    public void close() {
        close(CLOSE_LIMIT);
    }

    /// Waits until no operation is in flight, then closes the port and frees the slots. Who calls it has ended the
    /// I/O workers and cancelled what is pending. Packets that come meanwhile are taken, but no handler is called.
    /// Past the limit the port is closed all the same, and the slots are kept for ever, because Windows may still
    /// write to them; and while one of its [IoWorkers] has not ended, port and memory are kept as well. A warning
    /// is logged then. Later calls do nothing.
    ///
    /// @return whether everything came home and was freed
    public boolean close(Duration limit) {
        if (!closed.compareAndSet(false, true)) {
            return true;
        }
        timer.close();
        if (workersRunning.get() > 0) {
            // It may be inside a dequeue, or come back to one: on a handle that is somebody else's by then, or
            // with memory that is gone.
            LOG.log(System.Logger.Level.WARNING, "an I/O worker has not ended; the port and its memory are kept");
            return false;
        }
        boolean home = drain(host.nanoTime() + limit.toNanos());
        Call call = host.calls().acquire();
        host.kernel32().CloseHandle(call, handle);
        host.calls().release(call);
        batches.close();
        if (home) {
            slots.free();
        } else {
            LOG.log(
                    System.Logger.Level.WARNING,
                    "{0} operations never came home; their memory is kept",
                    slots.inFlight());
        }
        return home;
    }

    /// @return `false` when workers run already: two groups would take each other's stop packets
    boolean beginWorkers(int count) {
        return workersRunning.compareAndSet(0, count);
    }

    void workerEnded() {
        workersRunning.getAndDecrement();
    }

    int postPacket(long key, int bytes, long overlapped) {
        Call call = host.calls().acquire();
        int result = host.kernel32().PostQueuedCompletionStatus(call, handle, bytes, key, overlapped);
        host.calls().release(call);
        return -Math.min(result, 0);
    }

    private boolean drain(long deadline) {
        PacketBatch batch = newBatch(64);
        while (slots.inFlight() > 0) {
            long left = deadline - host.nanoTime();
            if (left <= 0) {
                return false;
            }
            try {
                dequeue(batch, (int) Math.min(1 + left / 1_000_000, 100));
            } catch (WindowsException e) {
                LOG.log(System.Logger.Level.WARNING, "the port failed while its last operations were awaited", e);
                return false;
            }
        }
        return true;
    }
}
