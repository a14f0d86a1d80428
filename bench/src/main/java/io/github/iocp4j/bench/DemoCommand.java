package io.github.iocp4j.bench;

import io.github.iocp4j.bench.cli.Cli;
import io.github.iocp4j.bench.cli.Ranges;
import io.github.iocp4j.bench.demo.Demo;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.Callable;
import java.util.concurrent.ThreadLocalRandom;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/// The demo.
@Command(
        name = "demo",
        description = {
            "200 clients and a server with 2 I/O workers: all echo verified frames, and some come and go.",
            "Half of the clients are plain java.net. The frames are of random sizes; some clients disconnect at random, "
                    + "in order or by a reset, and reconnect.",
            "Meanwhile a file of random bytes goes each way over one more connection, and is compared by SHA-256.",
            "It fails on any wrong byte, broken connection or left-over, and when fewer than 10,000 frames, 50 "
                    + "disconnects or 50 reconnects were seen (in proportion fewer for a shorter or smaller run)."
        })
final class DemoCommand implements Callable<Integer> {
    private final Cli cli;

    @Spec
    @SuppressWarnings("NullAway.Init")
    private CommandSpec spec;

    @Option(
            names = "--seconds",
            paramLabel = "N",
            defaultValue = "20",
            description = "How long the clients echo (default: 20).")
    private int seconds;

    @Option(names = "--clients", paramLabel = "N", defaultValue = "200", description = "Clients (default: 200).")
    private int clients;

    @Option(
            names = "--port",
            paramLabel = "N",
            defaultValue = "9099",
            description = "The first port to try on 127.0.0.1; the next free one is taken (default: 9099).")
    private int port;

    @Option(names = "--seed", paramLabel = "N", description = "Of all random choices (default: a new one each time).")
    private long seed = ThreadLocalRandom.current().nextInt(1_000_000);

    DemoCommand(Cli cli) {
        this.cli = cli;
    }

    @Override
    public Integer call() throws IOException {
        Ranges.require(spec, "--seconds", seconds, 1, 86_400);
        Ranges.require(spec, "--clients", clients, 2, 5_000);
        Ranges.require(spec, "--port", port, 1, 65_535);
        return new Demo(cli, Duration.ofSeconds(seconds), clients, port, seed).run() ? 0 : 1;
    }
}
