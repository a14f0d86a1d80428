package io.github.iocp4j.bench.files;

import io.github.iocp4j.Connection;
import io.github.iocp4j.bench.cli.Failure;
import io.github.iocp4j.bench.cli.HostPort;
import io.github.iocp4j.transfer.FileTransfer;
import io.github.iocp4j.transfer.TransferOutcome;
import java.util.Locale;

/// How the transfer of one file has ended.
///
/// @param nanos how long it took, from the offer on
public record FileResult(Connection connection, FileTransfer file, TransferOutcome outcome, long nanos) {
    private static final double NANOS_PER_SECOND = 1e9;
    private static final double BYTES_PER_MEGABYTE = 1e6;

    /// The line that is printed of it: name, peer, bytes, seconds, MB/s and outcome. A megabyte is a million
    /// bytes.
    public String line() {
        double seconds = nanos / NANOS_PER_SECOND;
        return String.format(
                Locale.ROOT,
                "%s %s: %,d bytes in %.2f s, %,.1f MB/s: %s",
                what(),
                HostPort.text(connection.remoteAddress()),
                file.transferredBytes(),
                seconds,
                seconds > 0 ? file.transferredBytes() / BYTES_PER_MEGABYTE / seconds : 0,
                how());
    }

    /// Why it failed, in words.
    public String how() {
        String words = outcome.kind().name().toLowerCase(Locale.ROOT).replace('_', ' ');
        Throwable cause = outcome.cause();
        return cause == null ? words : words + " (" + Failure.sentence(cause) + ")";
    }

    private String what() {
        String name = file.name();
        if (file.isOutgoing()) {
            return (outcome.isCompleted() ? "sent " : "not sent ") + name + " to";
        }
        String as = String.valueOf(file.path().getFileName());
        String shown = outcome.isCompleted() && !as.equals(name) ? name + " as " + as : name;
        return (outcome.isCompleted() ? "received " : "not received ") + shown + " from";
    }
}
