package io.github.iocp4j;

import io.github.iocp4j.internal.concurrent.Claim;
import io.github.iocp4j.memory.IoBuffer;
import io.github.iocp4j.net.TcpChannel;
import io.github.iocp4j.port.CompletionPort;
import io.github.iocp4j.port.IoWorker;

/// Pending reads as long as there are pages for them to lock, and a zero-byte read otherwise: the article's way
/// out of WSAENOBUFS (section 3.6.1), for a while.
///
/// Both ways never run beside each other. When real reads are refused, by Windows or by the budget of locked
/// pages, or given up for others, those in flight come home first; then a zero-byte read waits. When that is
/// home and what had arrived is taken, real reads are tried again, if memory has been plentiful for a while.
final class SparingReads implements Receiver {
    private final ConnectionContext context;
    private final LockedPages pages;
    private final MemoryRetry retry;
    private final PendingReads pending;
    private final ZeroByteReads ready;
    private final Claim claim = new Claim();

    /// Waiting without a buffer: written under the claim.
    private volatile boolean sparing;

    private volatile boolean spareAsked;

    /// Where the last [#poll] has found something.
    private boolean foundReady;

    SparingReads(ConnectionContext context, EndpointOptions options, CompletionPort port) {
        this.context = context;
        pages = context.resources().lockedPages();
        // One for both: never do both wait.
        retry = new MemoryRetry(context.deadlines(), Deadlines.READ);
        pending = new PendingReads(context, retry, options, port);
        ready = new ZeroByteReads(context, retry, options, port);
    }

    @Override
    public void open(TcpChannel channel) {
        sparing = false;
        spareAsked = false;
        pending.open(channel);
        ready.open(channel);
    }

    @Override
    public boolean submit(IoWorker worker) {
        if (!claim.enter()) {
            return false;
        }
        boolean arrived = false;
        do {
            arrived |= submitDue(worker);
        } while (!claim.leave());
        return arrived;
    }

    @Override
    public int poll(IoWorker worker) {
        int result = pending.poll();
        foundReady = false;
        if (result == NOTHING && sparing && pending.isDrained()) {
            result = ready.poll(worker);
            foundReady = result != NOTHING;
        }
        if (result <= 0 && result != NOTHING) {
            stop();
        } else if (pending.hasSkipped() && !pending.isStopped()) {
            // The empty number may have been all that stood in the way of a read.
            context.request(ConnectionContext.READ);
        }
        return result;
    }

    @Override
    public IoBuffer takeBuffer() {
        return foundReady ? ready.takeBuffer() : pending.takeBuffer();
    }

    @Override
    public void stop() {
        pending.stop();
        ready.stop();
    }

    @Override
    public void resume(long now) {
        retry.resume(now);
    }

    @Override
    public boolean spare() {
        if (spareAsked || !pending.isAnyInFlight()) {
            return false;
        }
        spareAsked = true;
        context.request(ConnectionContext.READ);
        return true;
    }

    @Override
    public boolean isDrained() {
        return pending.isDrained() && ready.isDrained();
    }

    @Override
    public void reset() {
        pending.reset();
        ready.reset();
    }

    @Override
    public void giveBackOperations() {
        pending.giveBackOperations();
        ready.giveBackOperations();
    }

    private boolean submitDue(IoWorker worker) {
        if (spareAsked) {
            spareAsked = false;
            sparing = true;
            pending.cancel();
        } else if (!sparing || !ready.isActive()) {
            sparing = !pages.allowsReads();
        }
        boolean arrived = false;
        if (!sparing) {
            arrived = pending.submit(worker);
            sparing = pending.isDenied();
        }
        // A zero-byte read beside real ones could tell of bytes that one of them takes.
        if (sparing && pending.isDrained()) {
            arrived |= ready.submit(worker);
        }
        return arrived;
    }
}
