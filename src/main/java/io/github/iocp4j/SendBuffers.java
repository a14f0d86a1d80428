package io.github.iocp4j;

import io.github.iocp4j.internal.host.Host;
import io.github.iocp4j.memory.BufferPool;
import io.github.iocp4j.memory.IoBuffer;
import org.jspecify.annotations.Nullable;

/// The buffers of an endpoint for copies of what is sent. Who may have how much is for the [SendBudget] to say.
/// Any thread may use it.
final class SendBuffers {
    private final BufferPool copies;

    /// For answers, when others have what the budget allows an answer: one buffer for each worker.
    private final BufferPool reserve;

    private final int smallestBytes;

    SendBuffers(Host host, EndpointOptions options) {
        smallestBytes = smallestBytes(options);
        int keep = options.keepFreeBuffers();
        int largest = Math.max(options.bufferBytes(), options.maxFrameBytes());
        copies = new BufferPool(host::newArena, smallestBytes, largest, sharedLimit(options), keep);
        reserve = new BufferPool(host::newArena, smallestBytes, largest, answersLimit(options), EndpointOptions.NONE);
    }

    /// The size of the smallest copies, in bytes.
    static int smallestBytes(EndpointOptions options) {
        return Math.min(256, options.bufferBytes());
    }

    /// The most memory of all copies, in bytes.
    static long limitBytes(EndpointOptions options) {
        return sharedLimit(options) + answersLimit(options);
    }

    /// A buffer, or `null` when there is none.
    @Nullable
    IoBuffer take(int bytes) {
        return copies.take(bytes);
    }

    /// A buffer for the answer to a frame.
    @Nullable
    IoBuffer takeForAnswer(int bytes) {
        return reserve.take(bytes);
    }

    /// Whether `length` bytes are better copied than shared: less than a quarter of their buffer, which a copy
    /// would not take as well.
    boolean isWorthACopy(int length, IoBuffer buffer) {
        return length < buffer.capacity() / 4 && buffer.capacity() > smallestBytes;
    }

    int buffersOut() {
        return copies.buffersOut() + reserve.buffersOut();
    }

    long allocatedBytes() {
        return copies.allocatedBytes() + reserve.allocatedBytes();
    }

    /// Frees what is free; what is still out is freed by who holds it.
    void close() {
        copies.close();
        reserve.close();
    }

    /// The most memory of other pools that send queues may keep, in bytes: the budget, and what answers add to
    /// it.
    static long sharedLimit(EndpointOptions options) {
        return options.sendBudgetBytes() + answersLimit(options);
    }

    private static long answersLimit(EndpointOptions options) {
        return (long) options.ioWorkers() * Math.max(options.bufferBytes(), options.maxFrameBytes());
    }
}
