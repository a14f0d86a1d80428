package io.github.iocp4j;

import io.github.iocp4j.internal.file.TransmitTurns;
import io.github.iocp4j.internal.host.Host;
import io.github.iocp4j.job.JobOptions;
import io.github.iocp4j.job.JobPool;
import io.github.iocp4j.memory.BufferPool;
import io.github.iocp4j.memory.IoBuffer;
import io.github.iocp4j.transfer.FileTransfer;
import io.github.iocp4j.transfer.TransferOptions;
import io.github.iocp4j.transfer.TransferOutcome;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/// What the file transfers of all connections of an endpoint share: workers of their own, so that no job of the
/// user's holds up a file and no disk holds up a job, buffers, and the turns of TransmitFile. Any thread may use
/// it.
final class FileService {
    private static final int CLIENT_EDITION_TRANSMITS = 2;
    private static final int ANSWER_BYTES = 256;

    /// An offer has a name of 255 UTF-16 units at most.
    private static final int OFFER_BYTES = 1024;

    private final Host host;
    private final TransferOptions options;
    private final JobPool<Runnable> workers;
    private final TransmitTurns turns;

    /// Apart: what is sent waits for peers, and what is received must not wait for that, or two endpoints could
    /// wait for each other.
    private final BufferPool sendBuffers;

    private final BufferPool receiveBuffers;
    private final BufferPool offers;
    private final AtomicLong sent = new AtomicLong();
    private final AtomicLong received = new AtomicLong();
    private final AtomicLong unfinished = new AtomicLong();
    private final AtomicLong declined = new AtomicLong();
    private final AtomicLong transmits = new AtomicLong();
    private final AtomicInteger open = new AtomicInteger();

    /// @param connections the most connections
    FileService(Host host, TransferOptions options, int connections) {
        this.host = host;
        this.options = options;
        // A connection has at most one task for each direction, and one for a file that is over.
        workers = new JobPool<>(
                host,
                new JobOptions(options.workers(), Math.min(1 << 20, 4 * connections)),
                "iocp4j-file",
                Runnable::run,
                (task, e) -> {
                    throw new AssertionError(task + " lets nothing through", e);
                });
        turns = new TransmitTurns(transmits(host, options));
        sendBuffers = newPool(host, options);
        receiveBuffers = newPool(host, options);
        offers = new BufferPool(
                host::newArena, ANSWER_BYTES, OFFER_BYTES, 2L * connections * OFFER_BYTES, EndpointOptions.UNLIMITED);
    }

    Host host() {
        return host;
    }

    TransferOptions options() {
        return options;
    }

    JobPool<Runnable> workers() {
        return workers;
    }

    TransmitTurns turns() {
        return turns;
    }

    /// A buffer for a part of a file that is sent, or `null` when all are in use.
    @Nullable
    IoBuffer takeSendBuffer() {
        return sendBuffers.take(options.bufferBytes());
    }

    /// A buffer for a part of a file that is received, or `null` when all are in use.
    @Nullable
    IoBuffer takeReceiveBuffer() {
        return receiveBuffers.take(options.bufferBytes());
    }

    /// A buffer for a frame of the handshake, or `null` when there is none.
    @Nullable
    IoBuffer takeOffer(int bytes) {
        return offers.take(bytes);
    }

    /// A file was opened.
    void opened() {
        open.getAndIncrement();
    }

    /// A file was closed.
    void closed() {
        open.getAndDecrement();
    }

    void countEnd(FileTransfer file, TransferOutcome outcome) {
        AtomicLong completed = file.isOutgoing() ? sent : received;
        (outcome.isCompleted() ? completed : unfinished).getAndIncrement();
    }

    void countDeclined() {
        declined.getAndIncrement();
    }

    void countTransmit() {
        transmits.getAndIncrement();
    }

    int buffersOut() {
        return sendBuffers.buffersOut() + receiveBuffers.buffersOut() + offers.buffersOut();
    }

    long allocatedBytes() {
        return sendBuffers.allocatedBytes() + receiveBuffers.allocatedBytes() + offers.allocatedBytes();
    }

    EndpointCounters.Files snapshot() {
        return new EndpointCounters.Files(
                sent.get(), received.get(), unfinished.get(), declined.get(), transmits.get(), open.get());
    }

    /// Ends the workers, within `limit`, and frees the buffers.
    ///
    /// @return whether all workers have ended
    boolean close(Duration limit) {
        boolean quiet = workers.close(limit).isEmpty();
        boolean ended = workers.awaitThreads(limit);
        sendBuffers.close();
        receiveBuffers.close();
        offers.close();
        return quiet && ended;
    }

    /// The most memory of the buffers of files, in bytes.
    static long limitBytes(TransferOptions options, int connections) {
        return options.bufferBudgetBytes() + 2L * connections * OFFER_BYTES;
    }

    private static BufferPool newPool(Host host, TransferOptions options) {
        int bytes = options.bufferBytes();
        return new BufferPool(host::newArena, bytes, bytes, options.bufferBudgetBytes() / 2, EndpointOptions.UNLIMITED);
    }

    private static int transmits(Host host, TransferOptions options) {
        if (options.transmits() != TransferOptions.AUTOMATIC) {
            return options.transmits();
        }
        return host.isWorkstation() ? CLIENT_EDITION_TRANSMITS : Integer.MAX_VALUE;
    }
}
