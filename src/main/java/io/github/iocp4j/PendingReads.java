package io.github.iocp4j;

import io.github.iocp4j.internal.concurrent.Claim;
import io.github.iocp4j.memory.BufferPool;
import io.github.iocp4j.memory.IoBuffer;
import io.github.iocp4j.net.TcpChannel;
import io.github.iocp4j.port.CompletionPort;
import io.github.iocp4j.port.IoWorker;
import org.jspecify.annotations.Nullable;

/// Several overlapped reads of a connection, always pending, for any number of workers: what the article gave up
/// (its Q6).
///
/// Reads are numbered. The number and its WSARecv are taken under one claim, so the order of numbers is the order
/// of the stream. Whoever brings a read home, or finds it done at once, parks it in its place; the holder of the
/// turn takes them in order. A read that Windows refused leaves an empty number, which is skipped.
final class PendingReads implements Receiver {
    private final ConnectionContext context;
    private final EndpointResources resources;
    private final BufferPool pool;
    private final int bufferBytes;
    private final ReadSlot[] slots;
    private final Claim claim = new Claim();
    private final MemoryRetry retry;

    /// The number of the next read to be made: written under the claim.
    private volatile long next;

    /// The number of the next read to be taken: written by the holder of the turn.
    private volatile long head;

    private volatile boolean stopped;
    private @Nullable IoBuffer taken;
    private @Nullable TcpChannel channel;

    PendingReads(ConnectionContext context, EndpointResources resources, EndpointOptions options, CompletionPort port) {
        this.context = context;
        this.resources = resources;
        pool = resources.receivePool();
        bufferBytes = options.bufferBytes();
        retry = new MemoryRetry(context);
        slots = new ReadSlot[options.pendingReads()];
        for (int i = 0; i < slots.length; i++) {
            slots[i] = new ReadSlot(this, context, port);
        }
    }

    @Override
    public void open(TcpChannel to) {
        channel = to;
        stopped = false;
    }

    @Override
    public boolean submit(IoWorker worker) {
        if (!claim.enter()) {
            return false;
        }
        boolean arrived = false;
        do {
            int left = IoWorker.INLINE_LIMIT;
            while (isDue() && worker.inlineLeft() > 0 && left-- > 0) {
                arrived |= submitOne(worker);
            }
            if (isDue()) {
                context.request(ConnectionContext.READ);
            }
        } while (!claim.leave());
        return arrived;
    }

    @Override
    public int poll(IoWorker worker) {
        boolean skipped = false;
        while (true) {
            ReadSlot slot = slot(head);
            if (!slot.isHome()) {
                if (skipped && isDue()) {
                    // The wait for memory was over while the empty number was still in the way.
                    context.request(ConnectionContext.READ);
                }
                return NOTHING;
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

    @Override
    public IoBuffer takeBuffer() {
        IoBuffer buffer = taken;
        if (buffer == null) {
            throw new AssertionError("a read with bytes has a buffer");
        }
        taken = null;
        return buffer;
    }

    @Override
    public void stop() {
        stopped = true;
    }

    @Override
    public void resume() {
        retry.resume();
    }

    @Override
    public boolean isDrained() {
        return head == next;
    }

    @Override
    public void reset() {
        stopped = true;
        while (head != next) {
            slot(head).takeBuffer().release();
            takenUpTo(head + 1);
        }
        retry.reset();
    }

    @Override
    public void giveBackOperations() {
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
            retry.later();
            return false;
        }
        TcpChannel to = channel;
        if (to == null) {
            throw new AssertionError("reads are made on an open connection");
        }
        long number = next;
        ReadSlot slot = slot(number);
        slot.prepare(number, buffer);
        // Everything is written before the call: the packet may be handled before WSARecv returns.
        next = number + 1;
        context.enterIo();
        int code = slot.receive(to, buffer);
        if (code == TcpChannel.PENDING) {
            retry.succeeded();
            return false;
        }
        worker.countInline();
        if (code == 0) {
            retry.succeeded();
            resources.state(worker).readsInline++;
        } else if (MemoryRetry.isShortage(code)) {
            retry.later();
        }
        slot.finishInline(code, worker);
        context.exitIoNotLast();
        return true;
    }

    private ReadSlot slot(long number) {
        return slots[(int) (number % slots.length)];
    }
}
