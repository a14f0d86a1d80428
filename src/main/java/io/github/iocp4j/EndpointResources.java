package io.github.iocp4j;

import io.github.iocp4j.internal.host.Host;
import io.github.iocp4j.memory.BufferPool;
import io.github.iocp4j.port.IoWorker;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/// The memory of an endpoint, bounded from the start, and its counts.
///
/// Each kind of need has its own pool, so that no kind can starve another: receive buffers, frames being put
/// together, copies of what is sent.
final class EndpointResources {
    private static final int LEAST_SHARED_NODES = 1024;
    private static final int MOST_SHARED_NODES = 1 << 16;

    private final BufferPool receivePool;
    private final BufferPool assemblyPool;
    private final AssemblyBudget assemblyBudget;
    private final SendBuffers sendBuffers;
    private final SendNodes sendNodes;
    private final WorkerState[] states;
    private final AtomicLong framesSentElsewhere = new AtomicLong();
    private final AtomicLong sendsRefused = new AtomicLong();
    private final AtomicLong accepted = new AtomicLong();
    private final AtomicLong refused = new AtomicLong();
    private final AtomicLong connected = new AtomicLong();

    EndpointResources(EndpointOptions options, Host host) {
        int buffer = options.bufferBytes();
        int frame = Math.max(buffer, options.maxFrameBytes());
        int keep = options.keepFreeBuffers();
        long reads = options.readMode() == ReadMode.PENDING ? options.pendingReads() : 1;
        // Each connection holds one more while it is stalled in the middle of a buffer; echoes share some with
        // the send queue.
        long receiveBytes = options.maxConnections() * (reads + 1) * buffer + options.sendBudgetBytes();
        receivePool = new BufferPool(host::newArena, buffer, buffer, receiveBytes, keep);
        long assemblyBytes = options.assemblyBudgetBytes() + options.sendBudgetBytes();
        assemblyPool = new BufferPool(host::newArena, buffer, frame, assemblyBytes, keep);
        assemblyBudget = new AssemblyBudget(options.assemblyBudgetBytes());
        sendBuffers = new SendBuffers(host, options);
        int sharedNodes = Math.clamp(64L * options.maxConnections(), LEAST_SHARED_NODES, MOST_SHARED_NODES);
        int answerPieces = SendNode.pieces(options.maxFrameBytes());
        sendNodes = new SendNodes(
                host.newArena(),
                options.framing().maxHeaderBytes(),
                options.maxConnections(),
                answerPieces,
                sharedNodes);
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

    AssemblyBudget assemblyBudget() {
        return assemblyBudget;
    }

    SendBuffers sendBuffers() {
        return sendBuffers;
    }

    SendNodes sendNodes() {
        return sendNodes;
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

    void countAccepted() {
        accepted.getAndIncrement();
    }

    void countRefused() {
        refused.getAndIncrement();
    }

    void countConnected() {
        connected.getAndIncrement();
    }

    int buffersOut() {
        return receivePool.buffersOut() + assemblyPool.buffersOut() + sendBuffers.buffersOut();
    }

    EndpointCounters counters(
            int connections, int unreleased, long pendingIo, int operationsTaken, int operationsInFlight) {
        WorkerState sum = new WorkerState();
        for (WorkerState state : states) {
            sum.framesReceived += state.framesReceived;
            sum.bytesReceived += state.bytesReceived;
            sum.framesSent += state.framesSent;
            sum.bytesSent += state.bytesSent;
            sum.readsParked += state.readsParked;
            sum.readsInline += state.readsInline;
            sum.sendsInline += state.sendsInline;
        }
        return new EndpointCounters(
                connections,
                unreleased,
                pendingIo,
                operationsTaken,
                operationsInFlight,
                buffersOut(),
                accepted.get(),
                refused.get(),
                connected.get(),
                sum.framesReceived,
                sum.bytesReceived,
                framesSentElsewhere.get() + sum.framesSent,
                sum.bytesSent,
                sendsRefused.get(),
                sum.readsParked,
                sum.readsInline,
                sum.sendsInline);
    }

    /// Frees what is free; what is still out is freed by who holds it.
    ///
    /// @param home whether no operation is in flight: else the memory of headers is kept
    void close(boolean home) {
        receivePool.close();
        assemblyPool.close();
        sendBuffers.close();
        if (home) {
            sendNodes.close();
        }
    }
}
