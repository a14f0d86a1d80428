package io.github.iocp4j.bench.demo;

import io.github.iocp4j.EndpointCounters;
import io.github.iocp4j.EndpointOptions;
import io.github.iocp4j.IocpEndpoint;
import io.github.iocp4j.bench.cli.Cli;
import io.github.iocp4j.bench.cli.HostPort;
import io.github.iocp4j.bench.cli.LeftOver;
import io.github.iocp4j.bench.cli.Machine;
import io.github.iocp4j.bench.cli.Progress;
import io.github.iocp4j.transfer.TransferOptions;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/// One run of the demo.
public final class Demo {
    private static final Duration STEP = Duration.ofMillis(500);
    private static final int STEPS_A_LINE = 6;

    /// A client of java.net waits 30 s for a reply.
    private static final Duration FAREWELL = Duration.ofSeconds(40);

    /// After Ctrl-C: the whole must end before the user, or a script, kills it.
    private static final Duration SHORT_FAREWELL = Duration.ofSeconds(5);

    private static final EndpointOptions FILE_CLIENT = EndpointOptions.client()
            .ioWorkers(1)
            .maxConnections(1)
            .fileTransfer(TransferOptions.DEFAULT)
            .build();

    private final Cli cli;
    private final Duration duration;
    private final int clients;
    private final int firstPort;
    private final long seed;
    private final Totals totals = new Totals();
    private final CountDownLatch finished;
    private boolean stoppedEarly;

    /// @param duration how long the clients echo
    /// @param clients how many there are; half of them plain java.net
    /// @param firstPort the first port to try
    /// @param seed of all random choices
    public Demo(Cli cli, Duration duration, int clients, int firstPort, long seed) {
        this.cli = cli;
        this.duration = duration;
        this.clients = clients;
        this.firstPort = firstPort;
        this.seed = seed;
        finished = new CountDownLatch(clients);
    }

    /// Runs it and prints the outcome.
    ///
    /// @return whether all was as it must be
    public boolean run() throws IOException {
        // Twice as many as there are clients: one that comes back is there before the last operation of its old
        // connection is home.
        int connections = 2 * clients + 16;
        EndpointOptions options = EndpointOptions.client()
                .ioWorkers(2)
                .maxConnections(connections)
                .build();
        try (FileExchange files = FileExchange.prepare(seed)) {
            IocpEndpoint server = DemoServer.start(firstPort, connections, files.server());
            IocpEndpoint client = null;
            IocpEndpoint fileClient = null;
            try (server) {
                EndpointClients endpointClients = new EndpointClients(server.localAddress(), totals, finished);
                try (IocpEndpoint started = IocpEndpoint.start(options, endpointClients);
                        IocpEndpoint fileStarted = IocpEndpoint.start(FILE_CLIENT, files.client())) {
                    client = started;
                    fileClient = fileStarted;
                    endpointClients.on(started);
                    cli.stop().obey();
                    announce(server.localAddress());
                    begin(server.localAddress(), endpointClients);
                    fileStarted.connect(server.localAddress(), null);
                    watch();
                    totals.end();
                    files.await(stoppedEarly ? SHORT_FAREWELL : FAREWELL);
                    awaitFarewell();
                }
            }
            List<EndpointCounters> counters = List.of(server.counters(), client.counters(), fileClient.counters());
            LeftOver leftOver = new LeftOver(List.of("server", "clients", "files"), counters);
            Verdict verdict = new Verdict(totals, leftOver, finished.getCount(), files.verify(), stoppedEarly);
            return verdict.print(cli.out(), duration, clients);
        }
    }

    private void announce(InetSocketAddress server) {
        cli.out().println(Machine.java() + " on " + Machine.system());
        cli.out()
                .printf(
                        Locale.ROOT,
                        "A server with 2 I/O workers on %s, and %d clients for %d s: %d of plain java.net, %d on "
                                + "completion ports (seed %d)%n",
                        HostPort.text(server),
                        clients,
                        duration.toSeconds(),
                        clients / 2,
                        clients - clients / 2,
                        seed);
        cli.out().flush();
    }

    private void begin(InetSocketAddress server, EndpointClients endpointClients) {
        for (int i = 0; i < clients; i++) {
            Script script = new Script(seed, i);
            if (i % 2 == 0 && i / 2 < clients / 2) {
                Thread.ofVirtual()
                        .name("java.net-client-" + i)
                        .start(new PlainClient(server, totals, script, finished));
            } else {
                endpointClients.begin(script);
            }
        }
    }

    private void watch() {
        long begun = System.nanoTime();
        long framesBefore = 0;
        try (Progress progress = Progress.begin(cli, "demo", " s", duration.toSeconds())) {
            for (int step = 1; System.nanoTime() - begun < duration.toNanos(); step++) {
                stoppedEarly = cli.stop().await(STEP);
                if (stoppedEarly) {
                    return;
                }
                long seconds = TimeUnit.NANOSECONDS.toSeconds(System.nanoTime() - begun);
                progress.show(seconds, String.format(Locale.ROOT, "%,d frames", totals.frames()));
                if (!cli.terminal() && step % STEPS_A_LINE == 0) {
                    long frames = totals.frames();
                    long rate = (frames - framesBefore) * 1000 / (STEPS_A_LINE * STEP.toMillis());
                    line(seconds, frames, rate);
                    framesBefore = frames;
                }
            }
        }
    }

    private void line(long seconds, long frames, long rate) {
        cli.out()
                .printf(
                        Locale.ROOT,
                        "%3d s: %d connected, %,d frames (%,d/s), %d disconnects, %d reconnects, %d mismatches%n",
                        seconds,
                        totals.open(),
                        frames,
                        rate,
                        totals.disconnects(),
                        totals.reconnects(),
                        totals.mismatches());
        cli.out().flush();
    }

    private void awaitFarewell() {
        try {
            boolean _ = finished.await((stoppedEarly ? SHORT_FAREWELL : FAREWELL).toSeconds(), TimeUnit.SECONDS);
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
        }
    }
}
