package io.github.iocp4j.bench.cli;

import io.github.iocp4j.Dispatch;
import io.github.iocp4j.EndpointOptions;
import io.github.iocp4j.ReadMode;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/// The options of every command that has an endpoint.
public final class EndpointMixin {
    @Spec(Spec.Target.MIXEE)
    @SuppressWarnings("NullAway.Init")
    private CommandSpec spec;

    @Option(
            names = "--workers",
            paramLabel = "W",
            description = "I/O workers, 1 to 64 (default: the number of processors).")
    private int workers = Math.clamp(Runtime.getRuntime().availableProcessors(), 1, 64);

    @Option(
            names = "--pending-reads",
            paramLabel = "R",
            defaultValue = "4",
            description = "Reads that wait on each connection in --read-mode pending, 1 to 64 (default: 4).")
    private int pendingReads;

    @Option(
            names = "--read-mode",
            paramLabel = "MODE",
            defaultValue = "zero-byte",
            converter = Choice.OfReadMode.class,
            description = "How data is waited for: zero-byte or pending (default: zero-byte).")
    private ReadMode readMode = ReadMode.ZERO_BYTE;

    @Option(
            names = "--dispatch",
            paramLabel = "MODE",
            defaultValue = "auto",
            converter = Choice.OfDispatch.class,
            description =
                    "Where reads and sends are made: posted, by a packet on the port, or auto, at once (default: auto).")
    private Dispatch dispatch = Dispatch.AUTO;

    @Option(
            names = "--max-frame",
            paramLabel = "BYTES",
            defaultValue = "65536",
            description = "The most bytes of a frame; a peer that announces more is disconnected (default: 65536).")
    private int maxFrame;

    /// The most bytes of a frame.
    public int maxFrame() {
        return maxFrame;
    }

    /// The options, on top of `builder`.
    ///
    /// @throws ParameterException when one is out of range
    public EndpointOptions build(EndpointOptions.Builder builder) {
        Ranges.require(spec, "--workers", workers, 1, 64);
        Ranges.require(spec, "--pending-reads", pendingReads, 1, 64);
        Ranges.require(spec, "--max-frame", maxFrame, 1, Integer.MAX_VALUE);
        try {
            return builder.ioWorkers(workers)
                    .pendingReads(pendingReads)
                    .readMode(readMode)
                    .dispatch(dispatch)
                    .maxFrameBytes(maxFrame)
                    .build();
        } catch (IllegalArgumentException e) {
            throw new ParameterException(spec.commandLine(), String.valueOf(e.getMessage()), e);
        }
    }
}
