package io.github.iocp4j;

import io.github.iocp4j.internal.host.Host;
import io.github.iocp4j.memory.BufferPool;
import io.github.iocp4j.port.IoWorker;
import java.util.concurrent.atomic.LongAdder;

/// The memory of an endpoint, bounded from the start, and its counts.
///
/// Each kind of need has its own pool, so that no kind can starve another: receive buffers, frames being put
/// together, copies of what is sent.
final class EndpointResources {
    private static final int LEAST_SHARED_NODES = 1024;
    private static final int MOST_SHARED_NODES = 1 << 16;

    private final BufferPool receivePool;
    private final BufferPool assemblyPool;
    private final SendBuffers sendBuffers;
    private final SendNodes sendNodes;
    private final WorkerState[] states;
    private final LongAdder framesSent = new LongAdder();
    private final LongAdder sendsRefused = new LongAdder();
    private final LongAdder accepted = new LongAdder();
    private final LongAdder refused = new LongAdder();
    private final LongAdder connected = new LongAdder();

    EndpointResources(EndpointOptions options, Host host) {
        int buffer = options.bufferBytes();
        int frame = Math.max(buffer, options.maxFrameBytes());
        int keep = options.keepFreeBuffers();
        long reads = options.readMode() == ReadMode.PENDING ? options.pendingReads() : 1;
        // Each connection holds one more while it is stalled in the middle of a buffer; echoes share some with the
        // send queue.
        long receiveBytes = options.maxConnections() * (reads + 1) * buffer + options.sendBudgetBytes();
        receivePool = new BufferPool(host::newArena, buffer, buffer, receiveBytes, keep);
        assemblyPool = new BufferPool(host::newArena, buffer, frame, options.assemblyBudgetBytes(), keep);
        sendBuffers = new SendBuffers(host, options);
        int sharedNodes = Math.clamp(64L * options.maxConnections(), LEAST_SHARED_NODES, MOST_SHARED_NODES);
        int answerPieces = SendNode.pieces(options.maxFrameBytes());
        sendNodes = new SendNodes(host.newArena(), options.maxConnections(), answerPieces, sharedNodes);
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

    SendBuffers sendBuffers() {
        return sendBuffers;
    }

    SendNodes sendNodes() {
        return sendNodes;
    }

    WorkerState state(IoWorker worker) {
        return states[worker.index()];
    }

    void countSentFrame() {
        framesSent.increment();
    }

    void countRefusedSend() {
        sendsRefused.increment();
    }

    void countAccepted() {
        accepted.increment();
    }

    void countRefused() {
        refused.increment();
    }

    void countConnected() {
        connected.increment();
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
                accepted.sum(),
                refused.sum(),
                connected.sum(),
                sum.framesReceived,
                sum.bytesReceived,
                framesSent.sum(),
                sum.bytesSent,
                sendsRefused.sum(),
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
