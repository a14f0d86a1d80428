package io.github.iocp4j.bench;

import io.github.iocp4j.EndpointCounters;
import io.github.iocp4j.EndpointOptions;
import io.github.iocp4j.IocpEndpoint;
import io.github.iocp4j.bench.cli.AdmissionMixin;
import io.github.iocp4j.bench.cli.Cli;
import io.github.iocp4j.bench.cli.CounterText;
import io.github.iocp4j.bench.cli.EndpointMixin;
import io.github.iocp4j.bench.cli.Failure;
import io.github.iocp4j.bench.cli.HostPort;
import io.github.iocp4j.bench.cli.LeftOver;
import io.github.iocp4j.bench.cli.Ranges;
import io.github.iocp4j.bench.files.EchoServer;
import io.github.iocp4j.bench.files.FileMixin;
import io.github.iocp4j.bench.files.RandomDisconnects;
import io.github.iocp4j.frame.Framing;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;
import picocli.CommandLine.TypeConversionException;

/// An echo server.
@Command(
        name = "serve",
        description = {
            "Echoes every frame back as it came, until Ctrl-C.",
            "A frame is a 4-byte little-endian length and that many bytes; with --framing raw, whatever arrives.",
            "With --receive-dir it also receives files, and with --offer it sends one: then frames whose first byte is "
                    + "1 to 4 are those of file transfer.",
            "Whoever types status is shown what has been counted until then; the same is printed at the end."
        })
final class ServeCommand implements Callable<Integer> {
    private static final Duration STATUS_INTERVAL = Duration.ofSeconds(3);

    private final Cli cli;

    @Spec
    @SuppressWarnings("NullAway.Init")
    private CommandSpec spec;

    @Option(
            names = "--bind",
            paramLabel = "ADDRESS",
            defaultValue = "127.0.0.1",
            converter = BindAddress.class,
            description = "Where to listen; 0.0.0.0 or :: for all addresses (default: 127.0.0.1).")
    @SuppressWarnings("NullAway.Init")
    private InetAddress bind;

    @Option(
            names = "--port",
            paramLabel = "N",
            defaultValue = "9000",
            description = "The port; 0 for one that Windows chooses (default: 9000).")
    private int port;

    @Option(
            names = "--max-connections",
            paramLabel = "N",
            defaultValue = "1201",
            description = "The most connections at once; one more is refused (default: 1201).")
    private int maxConnections;

    @Option(
            names = "--framing",
            paramLabel = "FORMAT",
            defaultValue = "length",
            converter = FramingName.class,
            description = "How frames lie in the stream: length, or raw, for clients such as telnet (default: length).")
    @SuppressWarnings("NullAway.Init")
    private Framing framing;

    @Option(names = "--dual-stack", description = "With --bind ::, take IPv4 peers too.")
    private boolean dualStack;

    @Option(names = "--until-eof", description = "Also end when standard input does.")
    private boolean untilEof;

    @Option(
            names = "--random-disconnect",
            paramLabel = "RATE",
            defaultValue = "0",
            description = "Close or reset a connection at each frame with this chance, 0 to 1 (default: 0).")
    private double randomDisconnect;

    @Mixin
    private final FileMixin files = new FileMixin();

    @Mixin
    private final AdmissionMixin admission = new AdmissionMixin();

    @Mixin
    private final EndpointMixin endpoint = new EndpointMixin();

    private RandomDisconnects disconnects = new RandomDisconnects(0);

    ServeCommand(Cli cli) {
        this.cli = cli;
    }

    @Override
    public Integer call() {
        Ranges.require(spec, "--port", port, 0, 65535);
        Ranges.require(spec, "--max-connections", maxConnections, 1, 1 << 20);
        if (!(randomDisconnect >= 0 && randomDisconnect <= 1)) {
            throw new ParameterException(
                    spec.commandLine(),
                    "Invalid value for option '--random-disconnect': " + randomDisconnect + " is not 0 to 1");
        }
        InetSocketAddress address = new InetSocketAddress(bind, port);
        EndpointOptions.Builder builder = EndpointOptions.server(address)
                .maxConnections(maxConnections)
                .framing(framing)
                .admission(admission.build())
                .dualStack(dualStack);
        files.apply(builder, framing);
        EndpointOptions options = endpoint.build(builder);
        disconnects = new RandomDisconnects(randomDisconnect);
        IocpEndpoint server;
        try {
            server = IocpEndpoint.start(options, new EchoServer(cli.out(), files.inbox(), files.offer(), disconnects));
        } catch (IOException e) {
            throw new Failure("cannot listen on " + HostPort.text(address), e);
        }
        try (server) {
            cli.stop().obey();
            cli.out().println("listening on " + HostPort.text(server.localAddress()));
            cli.out().flush();
            daemon("iocp4j-cli-input", () -> obeyInput(server));
            daemon("iocp4j-cli-closed", () -> awaitClosed(server));
            showStatus(server);
        }
        EndpointCounters counters = server.counters();
        LeftOver leftOver = new LeftOver(List.of("server"), List.of(counters));
        showCounters(counters);
        leftOver.print(cli.out());
        server.awaitClosed(); // throws when it was the port's failure that ended us
        return leftOver.isNothing() ? 0 : 1;
    }

    private void showStatus(IocpEndpoint server) {
        EndpointCounters before = server.counters();
        while (!cli.stop().await(STATUS_INTERVAL)) {
            if (cli.terminal()) {
                EndpointCounters now = server.counters();
                cli.err().println(CounterText.status(now, before, STATUS_INTERVAL));
                before = now;
            }
        }
    }

    private void obeyInput(IocpEndpoint server) {
        try (BufferedReader lines = new BufferedReader(new InputStreamReader(cli.in(), Cli.inputCharset()))) {
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                obey(line.strip(), server);
            }
        } catch (IOException _) {
            // As good as its end.
        }
        if (untilEof) {
            cli.stop().request();
        }
    }

    private void obey(String word, IocpEndpoint server) {
        if (word.equals("status")) {
            showCounters(server.counters());
        } else if (!word.isEmpty()) {
            cli.err().println("type status to see what has been counted; Ctrl-C ends");
        }
    }

    private void showCounters(EndpointCounters counters) {
        cli.out().print(CounterText.snapshot(counters) + disconnects.text());
        cli.out().flush();
    }

    private void awaitClosed(IocpEndpoint server) {
        try {
            server.awaitClosed();
        } catch (UncheckedIOException _) {
            // Told by the command, which asks again.
        } finally {
            cli.stop().request();
        }
    }

    private static void daemon(String name, Runnable body) {
        Thread.ofPlatform().daemon().name(name).start(body);
    }

    /// Reads an address, or the name of one.
    private static final class BindAddress implements ITypeConverter<InetAddress> {
        @Override
        public InetAddress convert(String text) {
            boolean bracketed = text.startsWith("[") && text.endsWith("]");
            try {
                return InetAddress.getAllByName(bracketed ? text.substring(1, text.length() - 1) : text)[0];
            } catch (UnknownHostException _) {
                throw new TypeConversionException("'" + text + "' is neither an address nor the name of one");
            }
        }
    }

    /// Reads the name of a framing.
    private static final class FramingName implements ITypeConverter<Framing> {
        @Override
        public Framing convert(String text) {
            return switch (text) {
                case "length" -> Framing.lengthPrefixed();
                case "raw" -> Framing.raw();
                default -> throw new TypeConversionException("expected one of length, raw but was '" + text + "'");
            };
        }
    }
}
