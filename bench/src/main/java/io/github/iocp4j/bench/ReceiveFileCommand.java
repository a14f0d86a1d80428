package io.github.iocp4j.bench;

import io.github.iocp4j.EndpointOptions;
import io.github.iocp4j.IocpEndpoint;
import io.github.iocp4j.bench.cli.Cli;
import io.github.iocp4j.bench.cli.ClientMixin;
import io.github.iocp4j.bench.cli.EndpointMixin;
import io.github.iocp4j.bench.cli.Failure;
import io.github.iocp4j.bench.cli.Ranges;
import io.github.iocp4j.bench.files.FileClient;
import io.github.iocp4j.bench.files.FileMixin;
import io.github.iocp4j.bench.files.FileResult;
import io.github.iocp4j.bench.files.Inbox;
import io.github.iocp4j.transfer.FileTransfer;
import io.github.iocp4j.transfer.TransferOptions;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/// A client that takes what a server offers.
@Command(
        name = "receive-file",
        description = {
            "Takes the file that a server offers, as serve --offer does, into a folder.",
            "It gets its own name there, or as \"name (2).ext\" where that is taken; nothing is overwritten."
        })
final class ReceiveFileCommand implements Callable<Integer> {
    private static final Duration CLOSE_LIMIT = Duration.ofSeconds(4);

    private final Cli cli;

    @Spec
    @SuppressWarnings("NullAway.Init")
    private CommandSpec spec;

    @Option(names = "--into", required = true, paramLabel = "DIR", description = "The folder; it must exist.")
    @SuppressWarnings("NullAway.Init")
    private Path folder;

    @Option(
            names = "--count",
            paramLabel = "N",
            defaultValue = "1",
            description = "Take N files over this connection (default: 1).")
    private int count;

    @Option(
            names = "--timeout",
            paramLabel = "SECONDS",
            defaultValue = "30",
            description = "Give up when nothing is offered for so long (default: 30).")
    private int timeoutSeconds;

    @Mixin
    private final ClientMixin server = new ClientMixin();

    @Mixin
    private final EndpointMixin endpoint = new EndpointMixin();

    ReceiveFileCommand(Cli cli) {
        this.cli = cli;
    }

    @Override
    public Integer call() throws IOException {
        FileMixin.requireFolder(spec, "--into", folder);
        Ranges.require(spec, "--count", count, 1, 1 << 20);
        Ranges.require(spec, "--timeout", timeoutSeconds, 1, 86_400);
        EndpointOptions options =
                endpoint.build(server.options().maxConnections(1).fileTransfer(TransferOptions.DEFAULT));
        InetSocketAddress address = server.target().resolve();
        FileClient client = FileClient.receiver(cli, new Inbox(folder), count);
        int received = 0;
        try (IocpEndpoint started = IocpEndpoint.start(options, client)) {
            cli.stop().obey();
            client.connect(started, address, server.target());
            for (int i = 0; i < count; i++) {
                received += receive(client) ? 1 : 0;
            }
            client.close(CLOSE_LIMIT);
        }
        return received == count ? 0 : 1;
    }

    private boolean receive(FileClient client) {
        FileTransfer file = client.awaitOffer(Duration.ofSeconds(timeoutSeconds));
        if (file == null) {
            throw new Failure(nothingCame(client));
        }
        FileResult result = client.await(file);
        cli.out().println(result.line());
        cli.out().flush();
        if (!result.outcome().isCompleted()) {
            cli.err().println("iocp4j: " + failure(client, result));
            cli.err().flush();
        }
        return result.outcome().isCompleted();
    }

    private String nothingCame(FileClient client) {
        if (cli.stop().isRequested()) {
            return "stopped before " + server.target() + " offered a file";
        }
        if (client.isEnded()) {
            String end = client.end();
            return server.target() + " closed the connection without offering a file"
                    + (end.isEmpty() ? "" : ": " + end);
        }
        return server.target() + " has not offered a file for " + timeoutSeconds
                + " s; serve does with --offer, and --timeout waits longer";
    }

    private String failure(FileClient client, FileResult result) {
        String name = result.file().name();
        return switch (result.outcome().kind()) {
            case ABORTED -> name + " was not received: it was stopped";
            case FILE_FAILED -> name + " was not received: check the folder " + folder + "; " + result.how();
            default -> {
                String end = client.end();
                yield name + " was not received whole: the connection has ended"
                        + (end.isEmpty() ? "" : " (" + end + ")") + "; see what the server says, and try again";
            }
        };
    }
}
