package io.github.iocp4j.bench;

import io.github.iocp4j.EndpointOptions;
import io.github.iocp4j.IocpEndpoint;
import io.github.iocp4j.bench.cli.Cli;
import io.github.iocp4j.bench.cli.ClientMixin;
import io.github.iocp4j.bench.cli.EndpointMixin;
import io.github.iocp4j.bench.cli.ProcessTimes;
import io.github.iocp4j.bench.cli.Ranges;
import io.github.iocp4j.bench.files.FileClient;
import io.github.iocp4j.bench.files.FileResult;
import io.github.iocp4j.transfer.TransferOptions;
import io.github.iocp4j.transfer.TransferOutcome;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/// A client that sends files.
@Command(
        name = "send-file",
        description = {
            "Sends files, one after another over one connection, to a server that wants them: serve --receive-dir.",
            "A line for each says how it went; on a terminal a bar shows the progress."
        })
final class SendFileCommand implements Callable<Integer> {
    /// A peer that writes to a slow disk has that much to take after the last byte was sent.
    private static final Duration CLOSE_LIMIT = Duration.ofSeconds(60);

    private static final double BYTES_PER_GIGABYTE = 1e9;
    private static final double NANOS_PER_SECOND = 1e9;

    private final Cli cli;

    @Spec
    @SuppressWarnings("NullAway.Init")
    private CommandSpec spec;

    @Parameters(index = "1..*", arity = "1..*", paramLabel = "FILE", description = "What to send.")
    private List<Path> files = List.of();

    @Option(
            names = "--timeout",
            paramLabel = "SECONDS",
            defaultValue = "30",
            description = "Give up a file when the server does not say in this time whether it wants it (default: 30).")
    private int timeoutSeconds;

    @Option(names = "--read-and-send", description = "Read the files and send what was read, without TransmitFile.")
    private boolean readAndSend;

    @Option(names = "--cpu", description = "Also tell the CPU time that this process needed, in user mode.")
    private boolean cpu;

    @Mixin
    private final ClientMixin server = new ClientMixin();

    @Mixin
    private final EndpointMixin endpoint = new EndpointMixin();

    SendFileCommand(Cli cli) {
        this.cli = cli;
    }

    @Override
    public Integer call() throws IOException {
        Ranges.require(spec, "--timeout", timeoutSeconds, 1, 86_400);
        EndpointOptions options = endpoint.build(server.options()
                .maxConnections(1)
                .closeTimeout(CLOSE_LIMIT)
                .fileTransfer(TransferOptions.DEFAULT
                        .withTransmits(readAndSend ? TransferOptions.NEVER : TransferOptions.AUTOMATIC)
                        .withOfferTimeout(Duration.ofSeconds(timeoutSeconds))));
        InetSocketAddress address = server.target().resolve();
        FileClient client = FileClient.sender(cli);
        int sent = 0;
        try (IocpEndpoint started = IocpEndpoint.start(options, client)) {
            cli.stop().obey();
            client.connect(started, address, server.target());
            String obstacle = null;
            for (Path file : files) {
                if (obstacle == null) {
                    FileResult result = send(client, file);
                    sent += result != null && result.outcome().isCompleted() ? 1 : 0;
                    obstacle = obstacle(client, result);
                } else {
                    tell(file + " was not sent: " + obstacle);
                }
            }
            if (!cli.stop().isRequested()) {
                client.close(CLOSE_LIMIT);
            }
        }
        return sent == files.size() ? 0 : 1;
    }

    private @Nullable FileResult send(FileClient client, Path file) {
        long before = cpu ? ProcessTimes.userNanos() : 0;
        FileResult result = client.send(file);
        if (result == null) {
            tell(file + " was not sent: " + connectionOver(client));
            return null;
        }
        String line = result.line();
        if (cpu) {
            double seconds = (ProcessTimes.userNanos() - before) / NANOS_PER_SECOND;
            double gigabytes = result.file().transferredBytes() / BYTES_PER_GIGABYTE;
            line += String.format(
                    Locale.ROOT, "; user CPU %.2f s, %.2f s/GB", seconds, gigabytes > 0 ? seconds / gigabytes : 0);
        }
        cli.out().println(line);
        cli.out().flush();
        if (!result.outcome().isCompleted()) {
            tell(failure(client, file, result));
        }
        return result;
    }

    /// What stands in the way of the files that are left, or `null`.
    private @Nullable String obstacle(FileClient client, @Nullable FileResult last) {
        if (cli.stop().isRequested()) {
            return "it was stopped";
        }
        if (last != null && last.outcome().kind() == TransferOutcome.Kind.UNANSWERED) {
            return "the server has not answered the offer before";
        }
        return last == null || last.outcome().kind() == TransferOutcome.Kind.CONNECTION_LOST || client.isEnded()
                ? connectionOver(client)
                : null;
    }

    private String failure(FileClient client, Path file, FileResult result) {
        return switch (result.outcome().kind()) {
            case COMPLETED -> throw new AssertionError("no failure");
            case DECLINED ->
                file + " was not sent: the server does not want it; one started by serve takes files with "
                        + "--receive-dir";
            case UNANSWERED ->
                file + " was not sent: the server has not said within " + timeoutSeconds
                        + " s whether it wants it; --timeout waits longer, if it knows of files at all";
            case ABORTED -> file + " was not sent: it was stopped";
            case ABORTED_BY_PEER ->
                file + " was not sent whole: the server gave it up; see what it says, and whether its disk is full";
            case FILE_FAILED -> file + " was not sent: check the file; " + result.how();
            case CONNECTION_LOST -> file + " was not sent whole: " + connectionOver(client);
        };
    }

    private static String connectionOver(FileClient client) {
        String end = client.end();
        return "the connection has ended" + (end.isEmpty() ? "" : " (" + end + ")") + "; see what the server says, and "
                + "try again";
    }

    private void tell(String sentence) {
        cli.err().println("iocp4j: " + sentence);
        cli.err().flush();
    }
}
