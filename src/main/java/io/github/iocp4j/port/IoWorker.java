package io.github.iocp4j.port;

import io.github.iocp4j.error.WindowsException;
import org.jspecify.annotations.Nullable;

/// A platform thread that takes packets from a port and calls the handlers of their operations, a batch at a time.
///
/// What is left of a batch waits behind a slow handler. An exception of a handler is logged and stops nothing.
public final class IoWorker {
    /// How many operations may be done inline, without a packet, for each packet that is handled: a read, a send, and
    /// a look whether there is more. Sixteen flooded connections make one that says little wait for as many times
    /// this: seen under Wine, it waits 2.6 ms with 3, 3.8 ms with 4 and 14 ms with 16, which bring no more frames
    /// through.
    public static final int INLINE_LIMIT = 3;

    private static final ThreadLocal<@Nullable IoWorker> CURRENT = new ThreadLocal<>();
    private static final System.Logger LOG = System.getLogger(IoWorker.class.getName());

    private final IoWorkers owner;
    private final CompletionPort port;
    private final PacketBatch batch;
    private final int index;
    private int inlineLeft;

    /// Written by this worker alone; others may see it a little late.
    private long packets;

    IoWorker(IoWorkers owner, CompletionPort port, int index, int batchSize) {
        this.owner = owner;
        this.port = port;
        this.index = index;
        batch = port.newBatch(batchSize);
    }

    /// The worker that the calling thread is, or `null`.
    public static @Nullable IoWorker current() {
        return CURRENT.get();
    }

    /// The number of this worker, from 0.
    public int index() {
        return index;
    }

    /// The port whose packets it handles.
    public CompletionPort port() {
        return port;
    }

    /// How many more operations may be done inline until the next packet. Only the worker itself asks.
    public int inlineLeft() {
        return inlineLeft;
    }

    /// Counts one operation that was done inline. Only the worker itself calls this.
    public void countInline() {
        inlineLeft--;
    }

    /// How many packets it has handled.
    long packets() {
        return packets;
    }

    void run() {
        CURRENT.set(this);
        try {
            boolean stopped = false;
            while (!stopped) {
                int taken = port.dequeue(batch, CompletionPort.FOREVER);
                stopped = handle(taken);
            }
        } catch (WindowsException e) {
            owner.portFailed(e);
        } finally {
            CURRENT.remove();
            owner.ended();
        }
    }

    /// @return whether the batch held the packet that ends this worker; the rest of the batch is handled all the
    /// same
    private boolean handle(int taken) {
        boolean stopped = false;
        for (int i = 0; i < taken; i++) {
            Operation operation = batch.operation(i);
            if (operation != null) {
                complete(operation);
            } else if (batch.overlapped(i) == 0 && batch.completionKey(i) == CompletionPort.STOP_KEY) {
                stopped = true;
            }
        }
        return stopped;
    }

    private void complete(Operation operation) {
        inlineLeft = INLINE_LIMIT;
        packets++;
        try {
            operation.complete(this);
        } catch (Throwable e) {
            // Whatever one owner does wrong must not end the packets of all others.
            LOG.log(System.Logger.Level.ERROR, "the handler of an operation failed", e);
        }
    }
}
