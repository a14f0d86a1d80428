package io.github.iocp4j;

import io.github.iocp4j.internal.host.Host;
import io.github.iocp4j.memory.BufferPool;
import io.github.iocp4j.port.IoWorker;
import io.github.iocp4j.port.Timer;
import io.github.iocp4j.transfer.TransferOptions;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/// The memory of an endpoint, bounded from the start, and its counts.
///
/// Each kind of need has its own pool, so that no kind can starve another: receive buffers, frames being put
/// together, copies of what is sent, and what the program takes and retains.
final class EndpointResources {
    private static final int LEAST_SHARED_NODES = 1024;
    private static final int MOST_SHARED_NODES = 1 << 16;

    private final BufferPool receivePool;
    private final BufferPool assemblyPool;
    private final BufferPool lentPool;
    private final AssemblyBudget assemblyBudget;
    private final SendBudget sendBudget;
    private final SendBuffers sendBuffers;
    private final LockedPages lockedPages;
    private final Shortages shortages = new Shortages();
    private final SendNodes sendNodes;
    private final WorkerState[] states;
    private final @Nullable FileService files;
    private final AtomicLong framesSentElsewhere = new AtomicLong();
    private final AtomicLong sendsRefused = new AtomicLong();
    private final AtomicLong packetsRefused = new AtomicLong();

    EndpointResources(EndpointOptions options, Host host, Timer timer) {
        int buffer = options.bufferBytes();
        int frame = Math.max(buffer, options.maxFrameBytes());
        int keep = options.keepFreeBuffers();
        receivePool = new BufferPool(host::newArena, buffer, buffer, receiveLimit(options), keep);
        assemblyPool = new BufferPool(host::newArena, buffer, frame, assemblyLimit(options), keep);
        int least = SendBuffers.smallestBytes(options);
        lentPool = new BufferPool(host::newArena, least, frame, options.sendBudgetBytes(), keep);
        assemblyBudget = new AssemblyBudget(options.assemblyBudgetBytes());
        sendBudget = new SendBudget(options.sendBudgetBytes());
        sendBuffers = new SendBuffers(host, options);
        lockedPages = new LockedPages(options.lockedPages(), timer);
        int sharedNodes = Math.clamp(64L * options.maxConnections(), LEAST_SHARED_NODES, MOST_SHARED_NODES);
        int answerPieces = SendNode.pieces(options.maxFrameBytes());
        sendNodes = new SendNodes(
                host.newArena(),
                options.framing().maxHeaderBytes(),
                options.maxConnections(),
                answerPieces,
                sharedNodes);
        TransferOptions transfer = options.fileTransfer();
        files = transfer == null ? null : new FileService(host, transfer, options.maxConnections());
        states = new WorkerState[options.ioWorkers()];
        for (int i = 0; i < states.length; i++) {
            states[i] = new WorkerState();
        }
    }

    BufferPool receivePool() {
        return receivePool;
    }

    BufferPool assemblyPool() {
        return assemblyPool;
    }

    /// Buffers that the program takes, and copies of frames that it retains.
    BufferPool lentPool() {
        return lentPool;
    }

    AssemblyBudget assemblyBudget() {
        return assemblyBudget;
    }

    SendBuffers sendBuffers() {
        return sendBuffers;
    }

    SendBudget sendBudget() {
        return sendBudget;
    }

    LockedPages lockedPages() {
        return lockedPages;
    }

    Shortages shortages() {
        return shortages;
    }

    SendNodes sendNodes() {
        return sendNodes;
    }

    /// What file transfers share, or `null` where they are switched off.
    @Nullable
    FileService files() {
        return files;
    }

    WorkerState state(IoWorker worker) {
        return states[worker.index()];
    }

    /// @param worker the worker of this endpoint that the caller is, or `null`
    void countSentFrame(@Nullable IoWorker worker) {
        if (worker == null) {
            framesSentElsewhere.getAndIncrement();
        } else {
            state(worker).framesSent++;
        }
    }

    void countRefusedSend() {
        sendsRefused.getAndIncrement();
    }

    void countRefusedPacket() {
        packetsRefused.getAndIncrement();
    }

    int buffersOut() {
        int ofFiles = files == null ? 0 : files.buffersOut();
        return receivePool.buffersOut()
                + assemblyPool.buffersOut()
                + lentPool.buffersOut()
                + sendBuffers.buffersOut()
                + ofFiles;
    }

    long allocatedBytes() {
        return receivePool.allocatedBytes()
                + assemblyPool.allocatedBytes()
                + lentPool.allocatedBytes()
                + sendBuffers.allocatedBytes()
                + (files == null ? 0 : files.allocatedBytes());
    }

    /// The most memory that all buffers of an endpoint can have, free ones included, in bytes.
    static long limitBytes(EndpointOptions options) {
        TransferOptions transfer = options.fileTransfer();
        return receiveLimit(options)
                + (transfer == null ? 0 : FileService.limitBytes(transfer, options.maxConnections()))
                + assemblyLimit(options)
                + options.sendBudgetBytes()
                + SendBuffers.limitBytes(options);
    }

    /// Each connection may have its reads in flight and one more buffer while it is stalled in the middle of
    /// that, or with what it was accepted with; so may each accept. What is sent on is in the send queues.
    private static long receiveLimit(EndpointOptions options) {
        long reads = options.readMode() == ReadMode.PENDING ? options.pendingReads() : 1;
        long accepts = options.admission().acceptWithData()
                ? (long) options.listenAddresses().size() * options.pendingAccepts()
                : 0;
        return (options.maxConnections() * (reads + 1) + accepts) * options.bufferBytes()
                + SendBuffers.sharedLimit(options);
    }

    private static long assemblyLimit(EndpointOptions options) {
        return options.assemblyBudgetBytes() + SendBuffers.sharedLimit(options);
    }

    /// @param packets how many packets the workers have handled
    EndpointCounters.Traffic traffic(long packets, long foreignPackets) {
        WorkerState sum = new WorkerState();
        for (WorkerState state : states) {
            sum.framesReceived += state.framesReceived;
            sum.bytesReceived += state.bytesReceived;
            sum.framesSent += state.framesSent;
            sum.bytesSent += state.bytesSent;
            sum.readsParked += state.readsParked;
            sum.readsInline += state.readsInline;
            sum.sendsInline += state.sendsInline;
            sum.packetsPosted += state.packetsPosted;
        }
        return new EndpointCounters.Traffic(
                sum.framesReceived,
                sum.bytesReceived,
                framesSentElsewhere.get() + sum.framesSent,
                sum.bytesSent,
                sendsRefused.get(),
                sum.readsParked,
                sum.readsInline,
                sum.sendsInline,
                packets,
                foreignPackets,
                sum.packetsPosted,
                packetsRefused.get());
    }

    EndpointCounters.Memory memory(int operationsTaken, int operationsInFlight) {
        return new EndpointCounters.Memory(
                operationsTaken,
                operationsInFlight,
                buffersOut(),
                allocatedBytes(),
                sendBudget.used(),
                assemblyBudget.used(),
                lockedPages.locked());
    }

    EndpointCounters.Files fileCounts() {
        return files == null ? EndpointCounters.Files.NONE : files.snapshot();
    }

    /// Ends what opens and closes files, within `limit`: when no connection needs it any more.
    ///
    /// @return whether it has ended
    boolean closeFiles(Duration limit) {
        return files == null || files.close(limit);
    }

    /// Frees what is free; what is still out is freed by who holds it.
    ///
    /// @param home whether no operation is in flight: else the memory of headers is kept
    void close(boolean home) {
        receivePool.close();
        assemblyPool.close();
        lentPool.close();
        sendBuffers.close();
        if (home) {
            sendNodes.close();
        }
    }
}
