package io.github.iocp4j;

import io.github.iocp4j.memory.BufferPool;
import io.github.iocp4j.memory.IoBuffer;
import io.github.iocp4j.net.TcpChannel;
import io.github.iocp4j.port.CompletionPort;
import io.github.iocp4j.port.IoWorker;
import org.jspecify.annotations.Nullable;

/// Several overlapped reads of a connection, always pending, for any number of workers: what the article gave
/// up (its Q6).
///
/// Reads are numbered. The number and its WSARecv are taken under the claim of [SparingReads], so the order of
/// numbers is the order of the stream. Whoever brings a read home, or finds it done at once, parks it in its
/// place; the holder of the turn takes them in order. A read that Windows refused, or that was cancelled to
/// give up its pages, leaves an empty number, which is skipped.
final class PendingReads {
    private final ConnectionContext context;
    private final EndpointResources resources;
    private final LockedPages pages;
    private final BufferPool pool;
    private final int bufferBytes;
    private final ReadSlot[] slots;
    private final MemoryRetry retry;

    /// The number of the next read to be made: written under the claim.
    private volatile long next;

    /// The number of the next read to be taken: written by the holder of the turn.
    private volatile long head;

    private volatile boolean stopped;
    private boolean denied;
    private boolean skipped;
    private @Nullable IoBuffer taken;
    private @Nullable TcpChannel channel;

    PendingReads(ConnectionContext context, MemoryRetry retry, EndpointOptions options, CompletionPort port) {
        this.context = context;
        this.retry = retry;
        resources = context.resources();
        pages = resources.lockedPages();
        pool = resources.receivePool();
        bufferBytes = options.bufferBytes();
        slots = new ReadSlot[options.pendingReads()];
        for (int i = 0; i < slots.length; i++) {
            slots[i] = new ReadSlot(this, context, port);
        }
    }

    void open(TcpChannel to) {
        channel = to;
        stopped = false;
    }

    /// Makes the reads that are due. Only the holder of the claim calls this.
    ///
    /// @return whether something has arrived meanwhile
    boolean submit(IoWorker worker) {
        denied = false;
        boolean arrived = false;
        int left = IoWorker.INLINE_LIMIT;
        while (isDue() && !denied && worker.inlineLeft() > 0 && left-- > 0) {
            arrived |= submitOne(worker);
        }
        if (isDue() && !denied) {
            context.request(ConnectionContext.READ);
        }
        return arrived;
    }

    /// Whether the last [#submit] was denied the pages that a read locks.
    boolean isDenied() {
        return denied;
    }

    /// Cancels the reads that are in flight: each comes home, empty or with what it has received meanwhile.
    /// Only the holder of the claim calls this, so that none of the operations can be another read by now.
    void cancel() {
        TcpChannel to = channel();
        for (long number = head; number < next; number++) {
            slot(number).cancel(to);
        }
    }

    /// Whether a read is in flight. Any thread: out of date when it is read.
    boolean isAnyInFlight() {
        for (long number = head; number < next; number++) {
            if (!slot(number).isHome()) {
                return true;
            }
        }
        return false;
    }

    /// Takes what is next in the stream: as [Receiver#poll].
    int poll() {
        skipped = false;
        while (true) {
            ReadSlot slot = slot(head);
            if (!slot.isHome()) {
                return Receiver.NOTHING;
            }
            int result = slot.result();
            IoBuffer buffer = slot.takeBuffer();
            takenUpTo(head + 1);
            if (result > 0) {
                taken = buffer;
                return result;
            }
            buffer.release();
            if (result != ReadSlot.EMPTY) {
                stopped = true;
                return result;
            }
            skipped = true;
        }
    }

    /// Whether the last [#poll] has skipped an empty number, which may have stood in the way of others.
    boolean hasSkipped() {
        return skipped;
    }

    IoBuffer takeBuffer() {
        IoBuffer buffer = taken;
        if (buffer == null) {
            throw new AssertionError("a read with bytes has a buffer");
        }
        taken = null;
        return buffer;
    }

    void stop() {
        stopped = true;
    }

    boolean isStopped() {
        return stopped;
    }

    boolean isDrained() {
        return head == next;
    }

    void reset() {
        stopped = true;
        while (head != next) {
            slot(head).takeBuffer().release();
            takenUpTo(head + 1);
        }
    }

    void giveBackOperations() {
        for (ReadSlot slot : slots) {
            slot.giveBackOperation();
        }
    }

    private void takenUpTo(long number) {
        head = number;
    }

    /// Whether the read `number` is not the next one to be taken: then it waits for an earlier one.
    boolean isAhead(long number) {
        return number != head;
    }

    private boolean isDue() {
        return !stopped && !retry.isWaiting() && next - head < slots.length;
    }

    /// @return whether the read is home already
    private boolean submitOne(IoWorker worker) {
        IoBuffer buffer = pool.take(bufferBytes);
        if (buffer == null) {
            resources.shortages().countMissingBuffer();
            retry.later();
            return false;
        }
        int touched = LockedPages.touched(buffer.address(), buffer.capacity());
        if (!pages.lockForRead(touched)) {
            resources.shortages().countMissingPages();
            buffer.release();
            denied = true;
            return false;
        }
        long number = next;
        ReadSlot slot = slot(number);
        slot.prepare(number, buffer, touched);
        // Everything is written before the call: the packet may be handled before WSARecv returns.
        next = number + 1;
        context.enterIo();
        int code = slot.receive(channel(), buffer);
        if (code == TcpChannel.PENDING) {
            retry.succeeded();
            if (stopped) {
                // Whoever stopped the reads has cancelled them, perhaps before this one was made.
                slot.cancel(channel());
            }
            return false;
        }
        worker.countInline();
        if (code == 0) {
            retry.succeeded();
            resources.state(worker).readsInline++;
        } else if (MemoryRetry.isShortage(code)) {
            denied = true;
            resources.shortages().countRefusedRead();
            pages.refused();
        }
        slot.finishInline(code, worker);
        if (denied) {
            context.relieve();
        }
        context.exitIoNotLast();
        return true;
    }

    private TcpChannel channel() {
        TcpChannel to = channel;
        if (to == null) {
            throw new AssertionError("reads are made on an open connection");
        }
        return to;
    }

    private ReadSlot slot(long number) {
        return slots[(int) (number % slots.length)];
    }
}
