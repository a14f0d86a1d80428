package io.github.iocp4j.bench.files;

import io.github.iocp4j.EndpointOptions;
import io.github.iocp4j.frame.Framing;
import io.github.iocp4j.transfer.TransferOptions;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/// The options of a server about files.
public final class FileMixin {
    @Spec(Spec.Target.MIXEE)
    @SuppressWarnings("NullAway.Init")
    private CommandSpec spec;

    @Option(
            names = "--receive-dir",
            paramLabel = "DIR",
            description = "Receive the files that clients send into DIR, which must exist; nothing is overwritten.")
    private @Nullable Path receiveFolder;

    @Option(names = "--offer", paramLabel = "FILE", description = "Offer FILE to each client that connects.")
    private @Nullable Path offer;

    /// Switches file transfer on where an option asks for it.
    ///
    /// @throws ParameterException when there is no such folder or file, or the framing has no files
    public void apply(EndpointOptions.Builder builder, Framing framing) {
        if (receiveFolder == null && offer == null) {
            return;
        }
        if (receiveFolder != null) {
            requireFolder(spec, "--receive-dir", receiveFolder);
        }
        if (offer != null && !Files.isRegularFile(offer)) {
            throw new ParameterException(
                    spec.commandLine(), "Invalid value for option '--offer': there is no file " + offer);
        }
        if (!framing.equals(Framing.lengthPrefixed())) {
            throw new ParameterException(spec.commandLine(), "--receive-dir and --offer go with --framing length only");
        }
        builder.fileTransfer(TransferOptions.DEFAULT);
    }

    /// Where files are received, or `null`.
    public @Nullable Inbox inbox() {
        return receiveFolder == null ? null : new Inbox(receiveFolder);
    }

    /// What is offered, or `null`.
    public @Nullable Path offer() {
        return offer;
    }

    /// Refuses what is no folder as a wrong argument.
    ///
    /// @throws ParameterException that says so
    public static void requireFolder(CommandSpec spec, String option, Path folder) {
        if (!Files.isDirectory(folder)) {
            throw new ParameterException(
                    spec.commandLine(),
                    "Invalid value for option '" + option + "': there is no folder " + folder + "; make it first");
        }
    }
}
