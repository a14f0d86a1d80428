package io.github.iocp4j.transfer;

import io.github.iocp4j.internal.option.Ranges;
import java.time.Duration;

/// How files are transferred. Immutable, and usable on any system.
///
/// @param workers how many threads open, read, write, rename and close files, 1 to 64
/// @param transmits how many TransmitFile calls of the endpoint run at once, 1 to 1,048,576; [#NEVER]; or
/// [#AUTOMATIC]. A file that finds none free reads and sends its next part by itself, so that it waits for nobody
/// @param chunkBytes the most bytes of one TransmitFile, 64 KiB to 1 GiB. Parts begin small and grow while each
/// goes out within a second, so that a slow peer neither keeps its turn for long nor seems to have stalled
/// @param bufferBytes the most bytes of a file that are read or written at once, a power of two, 4 KiB to 1 MiB
/// @param bufferBudgetBytes the most memory of all such buffers, in bytes: at least two of them. Half is for
/// files that are sent, half for those that are received
/// @param offerTimeout how long an offer waits for its answer, on both sides, 1 ms to 1 day
/// @param keepPartial whether what has arrived of a file that does not become complete is kept, under its partial
/// name
public record TransferOptions(
        int workers,
        int transmits,
        int chunkBytes,
        int bufferBytes,
        long bufferBudgetBytes,
        Duration offerTimeout,
        boolean keepPartial) {
    /// For [#transmits]: 2 on client editions of Windows, which run no more at a time, and as many as there are
    /// files on servers.
    public static final int AUTOMATIC = -1;

    /// For [#transmits]: all files are read and sent.
    public static final int NEVER = 0;

    /// Two threads, TransmitFile by 4 MiB, buffers of 64 KiB and 64 MiB in all, 30 s for an answer, nothing
    /// partial is kept.
    public static final TransferOptions DEFAULT =
            new TransferOptions(2, AUTOMATIC, 4 << 20, 64 << 10, 64L << 20, Duration.ofSeconds(30), false);

    private static final int LEAST_CHUNK_BYTES = 64 << 10;
    private static final int MOST_CHUNK_BYTES = 1 << 30;
    private static final int MOST_TRANSMITS = 1 << 20;

    /// Refuses values out of their ranges.
    ///
    /// @throws IllegalArgumentException that names the option, the value and the range
    public TransferOptions {
        Ranges.require("workers", workers, 1, 64);
        Ranges.require("transmits", transmits, AUTOMATIC, MOST_TRANSMITS);
        Ranges.require("chunkBytes", chunkBytes, LEAST_CHUNK_BYTES, MOST_CHUNK_BYTES);
        Ranges.require("bufferBytes", bufferBytes, 4 << 10, 1 << 20);
        Ranges.requirePowerOfTwo("bufferBytes", bufferBytes);
        Ranges.require("bufferBudgetBytes", bufferBudgetBytes, 2L * bufferBytes, 1L << 40);
        Ranges.require(
                "offerTimeout in milliseconds",
                offerTimeout.toMillis(),
                1,
                Duration.ofDays(1).toMillis());
    }

    /// The same with another number of threads.
    public TransferOptions withWorkers(int count) {
        return new TransferOptions(
                count, transmits, chunkBytes, bufferBytes, bufferBudgetBytes, offerTimeout, keepPartial);
    }

    /// The same with another number of TransmitFile calls at once.
    public TransferOptions withTransmits(int count) {
        return new TransferOptions(
                workers, count, chunkBytes, bufferBytes, bufferBudgetBytes, offerTimeout, keepPartial);
    }

    /// The same with other parts.
    public TransferOptions withChunkBytes(int bytes) {
        return new TransferOptions(
                workers, transmits, bytes, bufferBytes, bufferBudgetBytes, offerTimeout, keepPartial);
    }

    /// The same with other buffers.
    public TransferOptions withBuffers(int bytes, long budgetBytes) {
        return new TransferOptions(workers, transmits, chunkBytes, bytes, budgetBytes, offerTimeout, keepPartial);
    }

    /// The same with another time for answers.
    public TransferOptions withOfferTimeout(Duration limit) {
        return new TransferOptions(workers, transmits, chunkBytes, bufferBytes, bufferBudgetBytes, limit, keepPartial);
    }

    /// The same, but keeping what is partial, or not.
    public TransferOptions withKeepPartial(boolean keep) {
        return new TransferOptions(workers, transmits, chunkBytes, bufferBytes, bufferBudgetBytes, offerTimeout, keep);
    }
}
