package io.github.iocp4j.testing;

import io.github.iocp4j.internal.win32.Win32;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.concurrent.atomic.AtomicIntegerArray;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicLongArray;

/// What passed a [CountingHost]: calls, overlapped operations, and how many of them were in flight at once on one
/// socket.
///
/// Any thread may count and read. Counting allocates nothing. An operation is in flight from before its submission
/// until its packet was dequeued, or its call has said that no packet will come.
@SuppressWarnings("EnumOrdinal") // The ordinals index arrays of counters, which must not allocate.
public final class KernelCounts {
    private static final MemorySegment MEMORY = MemorySegment.NULL.reinterpret(Long.MAX_VALUE);
    private static final long ENTRY_BYTES = 32;
    private static final long ENTRY_OVERLAPPED_OFFSET = 8;
    private static final OverlappedKind[] KINDS = OverlappedKind.values();

    /// Sockets are told apart by their handle's value, which is a multiple of four, up to this many.
    private static final int SOCKETS = 1 << 14;

    /// How many different OVERLAPPEDs one run uses at most.
    private static final int SLOTS = 1 << 14;

    private final AtomicLongArray calls = new AtomicLongArray(CountedCall.values().length);
    private final AtomicLongArray submitted = new AtomicLongArray(KINDS.length);
    private final AtomicLongArray inline = new AtomicLongArray(KINDS.length);
    private final AtomicLongArray pending = new AtomicLongArray(KINDS.length);
    private final AtomicLongArray refused = new AtomicLongArray(KINDS.length);
    private final AtomicLongArray elsewhere = new AtomicLongArray(KINDS.length);
    private final AtomicLongArray inFlight = new AtomicLongArray(KINDS.length);
    private final AtomicLongArray mostInFlight = new AtomicLongArray(KINDS.length);
    private final AtomicLongArray mostOnOneSocket = new AtomicLongArray(KINDS.length);
    private final AtomicIntegerArray onSocket = new AtomicIntegerArray(SOCKETS * KINDS.length);
    private final AtomicIntegerArray skipsOnSuccess = new AtomicIntegerArray(SOCKETS);
    private final AtomicLongArray slots = new AtomicLongArray(SLOTS);
    private final AtomicIntegerArray owners = new AtomicIntegerArray(SLOTS);
    private final AtomicIntegerArray posted = new AtomicIntegerArray(SLOTS);

    private final AtomicLongArray posts = new AtomicLongArray(2);
    private final AtomicLong mostInline = new AtomicLong();
    private final AtomicLong mostFullReads = new AtomicLong();
    private final AtomicLong mixedReads = new AtomicLong();

    /// How many operations each thread has done inline since it dequeued last.
    private final ThreadLocal<int[]> inlineNow = ThreadLocal.withInitial(() -> new int[1]);

    /// How many non-blocking reads of each thread have filled their buffers since it dequeued last.
    private final ThreadLocal<int[]> fullReadsNow = ThreadLocal.withInitial(() -> new int[1]);

    /// One flag for each thread: whether the last packet that it dequeued was a posted one.
    private final ThreadLocal<boolean[]> handlesPosted = ThreadLocal.withInitial(() -> new boolean[1]);

    public long calls(CountedCall call) {
        return calls.get(call.ordinal());
    }

    public long allCalls() {
        long sum = 0;
        for (int i = 0; i < calls.length(); i++) {
            sum += calls.get(i);
        }
        return sum;
    }

    /// How many were begun, refused ones included.
    public long submitted(OverlappedKind kind) {
        return submitted.get(kind.ordinal());
    }

    /// How many were done when their call returned.
    public long completedInline(OverlappedKind kind) {
        return inline.get(kind.ordinal());
    }

    /// How many calls returned WSA_IO_PENDING.
    public long pended(OverlappedKind kind) {
        return pending.get(kind.ordinal());
    }

    public long refused(OverlappedKind kind) {
        return refused.get(kind.ordinal());
    }

    /// How many were submitted by a thread that handled no posted packet then: that is exact where threads dequeue
    /// one packet at a time; in a batch the last packet decides.
    public long submittedElsewhere(OverlappedKind kind) {
        return elsewhere.get(kind.ordinal());
    }

    /// How many are in flight now.
    public long inFlight(OverlappedKind kind) {
        return inFlight.get(kind.ordinal());
    }

    /// The most that were ever in flight at once.
    public long mostInFlight(OverlappedKind kind) {
        return mostInFlight.get(kind.ordinal());
    }

    /// How many are in flight now on one socket.
    public int inFlight(OverlappedKind kind, long socket) {
        return onSocket.get(place(socket) * KINDS.length + kind.ordinal());
    }

    /// The most that were ever in flight at once on one socket.
    public long mostOnOneSocket(OverlappedKind kind) {
        return mostOnOneSocket.get(kind.ordinal());
    }

    /// How many reads were begun while one of the other kind was in flight on their socket: a zero-byte read beside
    /// a real one, or the other way round.
    public long mixedReads() {
        return mixedReads.get();
    }

    /// The most packets of operations that were ever posted and not dequeued yet.
    public long mostPosts() {
        return posts.get(1);
    }

    /// The most operations that a thread has done inline, or by a call that doesn't wait, from one dequeue to the
    /// next: that is a limit of each packet where threads dequeue one at a time.
    public long mostInlineOfOneDequeue() {
        return mostInline.get();
    }

    /// The most non-blocking reads of a thread that have filled their buffers from one dequeue to the next.
    public long mostFullReadsOfOneDequeue() {
        return mostFullReads.get();
    }

    /// A non-blocking read has filled its buffer.
    void filled() {
        mostFullReads.accumulateAndGet(++fullReadsNow.get()[0], Math::max);
    }

    /// An operation was done when its call returned.
    void doneInline() {
        mostInline.accumulateAndGet(++inlineNow.get()[0], Math::max);
    }

    void count(CountedCall call) {
        calls.getAndIncrement(call.ordinal());
    }

    void opened(long socket) {
        skipsOnSuccess.set(place(socket), 0);
    }

    void setModes(long socket, int flags) {
        if ((flags & Win32.FILE_SKIP_COMPLETION_PORT_ON_SUCCESS) != 0) {
            skipsOnSuccess.set(place(socket), 1);
        }
    }

    /// Before the call that submits.
    void begin(OverlappedKind kind, long socket, long overlapped) {
        int number = kind.ordinal();
        submitted.getAndIncrement(number);
        if (!handlesPosted.get()[0]) {
            elsewhere.getAndIncrement(number);
        }
        mostInFlight.accumulateAndGet(number, inFlight.incrementAndGet(number), Math::max);
        int now = onSocket.incrementAndGet(place(socket) * KINDS.length + number);
        mostOnOneSocket.accumulateAndGet(number, now, Math::max);
        owners.set(slot(overlapped, true), (place(socket) * KINDS.length + number) + 1);
        boolean isMixed = (kind == OverlappedKind.RECEIVE && inFlight(OverlappedKind.ZERO_BYTE_RECEIVE, socket) > 0)
                || (kind == OverlappedKind.ZERO_BYTE_RECEIVE && inFlight(OverlappedKind.RECEIVE, socket) > 0);
        if (isMixed) {
            mixedReads.getAndIncrement();
        }
    }

    /// After that call. When a packet comes, it may have been dequeued already.
    void submitted(OverlappedKind kind, long socket, long overlapped, int result) {
        if (result == 0) {
            inline.getAndIncrement(kind.ordinal());
            doneInline();
            if (skipsOnSuccess.get(place(socket)) != 0) {
                end(overlapped);
            }
        } else if (result == -Win32.WSA_IO_PENDING) {
            pending.getAndIncrement(kind.ordinal());
        } else {
            refused.getAndIncrement(kind.ordinal());
            end(overlapped);
        }
    }

    /// Before a packet is posted.
    void posting(long overlapped) {
        if (overlapped != 0) {
            posted.set(slot(overlapped, true), 1);
            posts.accumulateAndGet(1, posts.incrementAndGet(0), Math::max);
        }
    }

    /// After a post was refused.
    void postRefused(long overlapped) {
        if (overlapped != 0) {
            posted.set(slot(overlapped, true), 0);
            posts.getAndDecrement(0);
        }
    }

    /// After packets were dequeued into an array of OVERLAPPED_ENTRY, by the thread that handles them.
    void dequeued(long entries, int count) {
        boolean last = false;
        for (int i = 0; i < count; i++) {
            long overlapped = MEMORY.get(ValueLayout.JAVA_LONG, entries + i * ENTRY_BYTES + ENTRY_OVERLAPPED_OFFSET);
            end(overlapped);
            int slot = overlapped == 0 ? -1 : slot(overlapped, false);
            last = slot >= 0 && posted.getAndSet(slot, 0) != 0;
            if (last) {
                posts.getAndDecrement(0);
            }
        }
        handlesPosted.get()[0] = last;
        if (count > 0) {
            inlineNow.get()[0] = 0;
            fullReadsNow.get()[0] = 0;
        }
    }

    private void end(long overlapped) {
        int slot = overlapped == 0 ? -1 : slot(overlapped, false);
        int owner = slot < 0 ? 0 : owners.getAndSet(slot, 0) - 1;
        if (slot >= 0 && owner >= 0) {
            onSocket.getAndDecrement(owner);
            inFlight.getAndDecrement(owner % KINDS.length);
        }
    }

    private int slot(long overlapped, boolean wanted) {
        int start = (int) (((overlapped >>> 3) * 0x9E3779B97F4A7C15L) >>> 40);
        for (int i = 0; i < SLOTS; i++) {
            int index = (start + i) & (SLOTS - 1);
            long key = slots.get(index);
            if (key == overlapped) {
                return index;
            }
            if (key == 0) {
                if (!wanted) {
                    return -1;
                }
                if (slots.compareAndSet(index, 0, overlapped) || slots.get(index) == overlapped) {
                    return index;
                }
            }
        }
        throw new AssertionError("more than " + SLOTS + " OVERLAPPEDs");
    }

    private static int place(long socket) {
        return (int) (socket >>> 2) & (SOCKETS - 1);
    }
}
