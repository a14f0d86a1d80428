package io.github.iocp4j;

import java.util.ArrayList;
import java.util.List;

/// The ways in which an endpoint can work, none of which its users can see.
record Variation(ReadMode readMode, int pendingReads, Dispatch dispatch, int workers, int batch, int bufferBytes) {
    /// All modes for 1, 2 and 4 workers.
    static final List<Variation> ALL = all();

    /// A few, in which each mode meets each number of workers once.
    static final List<Variation> FEW = List.of(
            new Variation(ReadMode.ZERO_BYTE, 1, Dispatch.AUTO, 1, 16, 4096),
            new Variation(ReadMode.PENDING, 1, Dispatch.POSTED, 2, 1, 4096),
            new Variation(ReadMode.PENDING, 4, Dispatch.AUTO, 4, 16, 512),
            new Variation(ReadMode.ZERO_BYTE, 1, Dispatch.POSTED, 4, 2, 256));

    EndpointOptions.Builder applyTo(EndpointOptions.Builder builder) {
        return builder.readMode(readMode)
                .pendingReads(pendingReads)
                .dispatch(dispatch)
                .ioWorkers(workers)
                .batch(batch)
                .bufferBytes(bufferBytes);
    }

    private static List<Variation> all() {
        List<Variation> all = new ArrayList<>();
        int[] batches = {1, 2, 16};
        int[] bufferSizes = {256, 512, 4096};
        for (int workers : new int[] {1, 2, 4}) {
            for (Dispatch dispatch : Dispatch.values()) {
                for (int reads : new int[] {0, 1, 2, 4}) {
                    ReadMode mode = reads == 0 ? ReadMode.ZERO_BYTE : ReadMode.PENDING;
                    int number = all.size();
                    all.add(new Variation(
                            mode,
                            Math.max(1, reads),
                            dispatch,
                            workers,
                            batches[number % 3],
                            bufferSizes[number / 3 % 3]));
                }
            }
        }
        return List.copyOf(all);
    }
}
