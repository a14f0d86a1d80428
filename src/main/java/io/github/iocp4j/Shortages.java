package io.github.iocp4j;

import java.util.concurrent.atomic.AtomicLong;

/// How often an endpoint had to wait for memory, by what it was for. Any thread may count; nothing is counted
/// while there is memory.
final class Shortages {
    private final AtomicLong reads = new AtomicLong();
    private final AtomicLong zeroByteReads = new AtomicLong();
    private final AtomicLong sends = new AtomicLong();
    private final AtomicLong accepts = new AtomicLong();
    private final AtomicLong connects = new AtomicLong();
    private final AtomicLong lockedPages = new AtomicLong();
    private final AtomicLong buffers = new AtomicLong();

    /// Windows has refused a read with a buffer.
    void countRefusedRead() {
        reads.getAndIncrement();
    }

    /// Windows has refused a zero-byte read, or a non-blocking one.
    void countRefusedZeroByteRead() {
        zeroByteReads.getAndIncrement();
    }

    void countRefusedSend() {
        sends.getAndIncrement();
    }

    void countRefusedAccept() {
        accepts.getAndIncrement();
    }

    void countRefusedConnect() {
        connects.getAndIncrement();
    }

    /// The endpoint's own budget of locked pages was spent.
    void countMissingPages() {
        lockedPages.getAndIncrement();
    }

    /// There was no buffer to receive into, or to put a frame together in.
    void countMissingBuffer() {
        buffers.getAndIncrement();
    }

    /// @param posts how many posts the port has seen refused
    /// @param evictions how many connections were closed so that others have memory
    EndpointCounters.Shortage snapshot(long posts, long evictions) {
        return new EndpointCounters.Shortage(
                reads.get(),
                zeroByteReads.get(),
                sends.get(),
                posts,
                accepts.get(),
                connects.get(),
                lockedPages.get(),
                buffers.get(),
                evictions);
    }
}
