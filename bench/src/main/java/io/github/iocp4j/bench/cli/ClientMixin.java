package io.github.iocp4j.bench.cli;

import io.github.iocp4j.EndpointOptions;
import java.time.Duration;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/// Where a client connects to, and for how long it tries.
public final class ClientMixin {
    @Spec(Spec.Target.MIXEE)
    @SuppressWarnings("NullAway.Init")
    private CommandSpec spec;

    @Parameters(
            index = "0",
            paramLabel = "HOST:PORT",
            converter = HostPort.Converter.class,
            description = "The server; an IPv6 address goes into brackets.")
    @SuppressWarnings("NullAway.Init")
    private HostPort target;

    @Option(
            names = "--connect-timeout",
            paramLabel = "SECONDS",
            defaultValue = "30",
            description = "Give up connecting after so long; 0 for when Windows does (default: 30).")
    private int connectTimeoutSeconds;

    public HostPort target() {
        return target;
    }

    /// Options of a client that tries for so long.
    ///
    /// @throws ParameterException when the time is out of its range
    public EndpointOptions.Builder options() {
        Ranges.require(spec, "--connect-timeout", connectTimeoutSeconds, 0, 86_400);
        return EndpointOptions.client().connectTimeout(Duration.ofSeconds(connectTimeoutSeconds));
    }
}
