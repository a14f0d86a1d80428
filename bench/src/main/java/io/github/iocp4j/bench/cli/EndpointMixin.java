package io.github.iocp4j.bench.cli;

import io.github.iocp4j.Dispatch;
import io.github.iocp4j.EndpointOptions;
import io.github.iocp4j.ReadMode;
import java.time.Duration;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/// The options of every command that has an endpoint.
public final class EndpointMixin {
    private static final int MOST_SECONDS = 86_400;

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

    @Option(
            names = "--idle-timeout",
            paramLabel = "SECONDS",
            defaultValue = "0",
            description = "Close a connection on which nothing comes or goes for so long; 0 for never (default: 0).")
    private int idleSeconds;

    @Option(
            names = "--frame-timeout",
            paramLabel = "SECONDS",
            defaultValue = "60",
            description = "Cut a peer that does not finish a frame in this time; 0 for never (default: 60).")
    private int frameSeconds;

    @Option(
            names = "--write-stall-timeout",
            paramLabel = "SECONDS",
            defaultValue = "60",
            description = "Cut a peer that takes nothing of what is sent for so long; 0 for never (default: 60).")
    private int writeStallSeconds;

    @Option(names = "--keep-alive", description = "Probe silent peers, at the system's times.")
    private boolean keepAlive;

    @Option(
            names = "--locked-pages",
            paramLabel = "PAGES",
            defaultValue = "32768",
            description = "The most pages of 4 KiB that reads and sends in flight lock, from 16 (default: 32768).")
    private int lockedPages;

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
        Ranges.require(spec, "--idle-timeout", idleSeconds, 0, MOST_SECONDS);
        Ranges.require(spec, "--frame-timeout", frameSeconds, 0, MOST_SECONDS);
        Ranges.require(spec, "--write-stall-timeout", writeStallSeconds, 0, MOST_SECONDS);
        Ranges.require(spec, "--locked-pages", lockedPages, 16, Integer.MAX_VALUE);
        try {
            return builder.ioWorkers(workers)
                    .pendingReads(pendingReads)
                    .readMode(readMode)
                    .dispatch(dispatch)
                    .maxFrameBytes(maxFrame)
                    .idleTimeout(Duration.ofSeconds(idleSeconds))
                    .frameTimeout(Duration.ofSeconds(frameSeconds))
                    .writeStallTimeout(Duration.ofSeconds(writeStallSeconds))
                    .keepAlive(keepAlive)
                    .lockedPages(lockedPages)
                    .build();
        } catch (IllegalArgumentException e) {
            throw new ParameterException(spec.commandLine(), String.valueOf(e.getMessage()), e);
        }
    }
}
