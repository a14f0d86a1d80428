package io.github.iocp4j.bench;

import io.github.iocp4j.EndpointOptions;
import io.github.iocp4j.IocpEndpoint;
import io.github.iocp4j.bench.cli.Cli;
import io.github.iocp4j.bench.cli.ClientMixin;
import io.github.iocp4j.bench.cli.EndpointMixin;
import io.github.iocp4j.bench.cli.Failure;
import io.github.iocp4j.bench.cli.HostPort;
import io.github.iocp4j.bench.cli.Progress;
import io.github.iocp4j.bench.cli.Ranges;
import io.github.iocp4j.bench.traffic.ReconnectDelay;
import io.github.iocp4j.bench.traffic.Talk;
import io.github.iocp4j.bench.traffic.VerifiedLoad;
import io.github.iocp4j.transfer.TransferOptions;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.Locale;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.ThreadLocalRandom;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/// A client: for a user who types, or one that sends much and verifies the echo.
@Command(
        name = "connect",
        description = {
            "Sends each line that is typed as a text frame, and prints the replies.",
            "With --count it sends frames of random bytes instead and verifies that they are echoed."
        })
final class ConnectCommand implements Callable<Integer> {
    private static final Duration SHOW_INTERVAL = Duration.ofMillis(250);

    private static final Duration ECHO_LIMIT = Duration.ofMillis(500);

    private final Cli cli;

    @Spec
    @SuppressWarnings("NullAway.Init")
    private CommandSpec spec;

    @Option(names = "--count", paramLabel = "N", description = "Send N frames in all, and verify their echoes.")
    private long count;

    @Option(
            names = "--size",
            paramLabel = "BYTES",
            defaultValue = "64",
            description = "The bytes of each frame, with --count (default: 64).")
    private int size;

    @Option(
            names = "--connections",
            paramLabel = "C",
            defaultValue = "1",
            description = "Spread them over C connections, with --count (default: 1).")
    private int connections;

    @Option(
            names = "--timeout",
            paramLabel = "SECONDS",
            defaultValue = "30",
            description = "Give up when nothing arrives for so long, with --count (default: 30).")
    private int timeoutSeconds;

    @Option(
            names = "--reconnect",
            description =
                    "Connect again when the connection is lost or can't be made: after half a second, doubling to "
                            + "30 s; not with --count.")
    private boolean reconnect;

    @Mixin
    private final ClientMixin server = new ClientMixin();

    @Mixin
    private final EndpointMixin endpoint = new EndpointMixin();

    ConnectCommand(Cli cli) {
        this.cli = cli;
    }

    @Override
    public Integer call() throws IOException {
        boolean counting = spec.commandLine().getParseResult().hasMatchedOption("--count");
        for (String option : new String[] {"--size", "--connections", "--timeout"}) {
            if (!counting && spec.commandLine().getParseResult().hasMatchedOption(option)) {
                throw new ParameterException(spec.commandLine(), option + " goes with --count only");
            }
        }
        if (counting && reconnect) {
            throw new ParameterException(spec.commandLine(), "--reconnect does not go with --count");
        }
        return counting ? load() : talk();
    }

    private int load() throws IOException {
        Ranges.require(spec, "--count", count, 1, 1L << 40);
        Ranges.require(spec, "--size", size, 0, endpoint.maxFrame());
        Ranges.require(spec, "--connections", connections, 1, 1 << 16);
        Ranges.require(spec, "--timeout", timeoutSeconds, 1, 86_400);
        EndpointOptions options = options(connections);
        InetSocketAddress address = server.target().resolve();
        long seed = ThreadLocalRandom.current().nextLong();
        VerifiedLoad load = new VerifiedLoad(address, seed, count, size, connections);
        double seconds;
        try (IocpEndpoint client = IocpEndpoint.start(options, load);
                Progress progress = Progress.begin(cli, "echo", " frames", count)) {
            cli.stop().obey();
            long begun = System.nanoTime();
            load.begin(client);
            await(load, progress);
            seconds = (System.nanoTime() - begun) / 1e9;
        }
        cli.out()
                .printf(
                        Locale.ROOT,
                        "%,d of %,d frames of %,d bytes verified over %,d connections in %.2f s: %,.0f frames/s; "
                                + "%,d mismatches%n",
                        load.verified(),
                        count,
                        size,
                        Math.min(connections, count),
                        seconds,
                        load.verified() / seconds,
                        load.mismatches());
        String failure = load.failure();
        if (failure != null) {
            throw new Failure(failure);
        }
        return load.verified() == count && load.mismatches() == 0 ? 0 : 1;
    }

    private void await(VerifiedLoad load, Progress progress) {
        long last = 0;
        long lastChange = System.nanoTime();
        while (!load.await(SHOW_INTERVAL) && !cli.stop().isRequested()) {
            long verified = load.verified();
            progress.show(verified, "");
            if (verified != last) {
                last = verified;
                lastChange = System.nanoTime();
            } else if (System.nanoTime() - lastChange > timeoutSeconds * 1_000_000_000L) {
                load.fail("nothing came from " + server.target() + " for " + timeoutSeconds + " s");
            }
        }
        progress.show(load.verified(), "");
    }

    private int talk() throws IOException {
        InetSocketAddress address = server.target().resolve();
        ReconnectDelay delay = reconnect ? new ReconnectDelay(new Random()) : null;
        Talk talk = new Talk(cli.out(), cli.err(), server.target().toString(), delay);
        // With room for a connection whose predecessor is not quite gone.
        try (IocpEndpoint client = IocpEndpoint.start(options(2), talk)) {
            cli.stop().obey();
            talk.begin(client, address);
            try {
                if (!talk.awaitConnected(cli.stop())) {
                    return 0;
                }
            } catch (IOException e) {
                throw new Failure("cannot connect to " + server.target(), e);
            }
            if (cli.terminal() && !reconnect) {
                cli.err().println("connected to " + HostPort.text(address) + "; Ctrl-C ends");
            }
            Thread.ofPlatform().daemon().name("iocp4j-cli-input").start(() -> sendLines(talk));
            talk.awaitEnd(cli.stop());
            if (cli.terminal() && talk.isEndedByPeer()) {
                cli.err().println("the server closed the connection");
            }
        }
        String failure = talk.failure();
        if (failure != null) {
            throw new Failure(failure);
        }
        return 0;
    }

    private void sendLines(Talk talk) {
        try (BufferedReader lines = new BufferedReader(new InputStreamReader(cli.in(), Cli.inputCharset()))) {
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                talk.send(line, endpoint.maxFrame());
                if (cli.terminal()) {
                    // Some consoles, Wine's for one, mix up the lines when a reply comes in the middle of a read.
                    talk.awaitReplies(ECHO_LIMIT);
                }
            }
        } catch (IOException | UncheckedIOException _) {
            // As good as the end of input.
        } finally {
            talk.inputEnded();
        }
    }

    private EndpointOptions options(int most) {
        // With file transfer, so that a server that offers a file is told that nobody here wants it.
        return endpoint.build(server.options().maxConnections(most).fileTransfer(TransferOptions.DEFAULT));
    }
}
