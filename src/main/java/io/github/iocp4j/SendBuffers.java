package io.github.iocp4j;

import io.github.iocp4j.internal.host.Host;
import io.github.iocp4j.memory.BufferPool;
import io.github.iocp4j.memory.IoBuffer;
import org.jspecify.annotations.Nullable;

/// The buffers of an endpoint for copies of what is sent: a budget, and room for the answers of handlers.
///
/// While the budget lasts, [#begin] does nothing. Once it was spent, each worker holds the largest buffer from
/// before it gives a frame to the handler until after, so that an answer finds room; when there is none, the
/// frame has to wait. Those who were in a callback when the budget was first spent are served from a reserve of
/// one buffer for each worker. Any thread may use it.
final class SendBuffers {
    private final BufferPool budget;
    private final BufferPool reserve;
    private final int largestBytes;

    /// The budget was spent, or a part of the reserve is out still.
    private volatile boolean tight;

    SendBuffers(Host host, EndpointOptions options) {
        int smallest = Math.min(256, options.bufferBytes());
        int keep = options.keepFreeBuffers();
        largestBytes = Math.max(options.bufferBytes(), options.maxFrameBytes());
        budget = new BufferPool(host::newArena, smallest, largestBytes, options.sendBudgetBytes(), keep);
        long reserved = (long) options.ioWorkers() * largestBytes;
        reserve = new BufferPool(host::newArena, smallest, largestBytes, reserved, EndpointOptions.NONE);
    }

    /// A buffer, or `null` when the budget is spent.
    @Nullable
    IoBuffer take(int bytes) {
        IoBuffer buffer = budget.take(bytes);
        if (buffer == null) {
            tight = true;
        }
        return buffer;
    }

    /// A buffer for an answer, on a worker between [#begin] and [#end], once.
    @Nullable
    IoBuffer takeForAnswer(int bytes, WorkerState worker) {
        IoBuffer held = worker.answerBuffer;
        worker.answerBuffer = null;
        return held != null ? held : reserve.take(bytes);
    }

    /// A worker is about to give a frame to the handler.
    ///
    /// @return `false` when an answer might find no room: then the frame has to wait
    boolean begin(WorkerState worker) {
        if (!tight) {
            return true;
        }
        IoBuffer held = budget.take(largestBytes);
        if (held == null) {
            return false;
        }
        worker.answerBuffer = held;
        if (reserve.buffersOut() == 0) {
            tight = false;
        }
        return true;
    }

    /// The handler has returned.
    void end(WorkerState worker) {
        IoBuffer held = worker.answerBuffer;
        worker.answerBuffer = null;
        if (held != null) {
            held.release();
        }
    }

    /// Whether a frame of any length finds room now: out of date when it is read.
    boolean hasRoom() {
        IoBuffer largest = budget.take(largestBytes);
        if (largest != null) {
            largest.release();
        }
        return largest != null;
    }

    int buffersOut() {
        return budget.buffersOut() + reserve.buffersOut();
    }

    /// Frees what is free; what is still out is freed by who holds it.
    void close() {
        budget.close();
        reserve.close();
    }
}
