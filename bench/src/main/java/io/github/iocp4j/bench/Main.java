package io.github.iocp4j.bench;

import io.github.iocp4j.bench.cli.Cli;
import io.github.iocp4j.bench.cli.ConsoleLoggerFinder;
import io.github.iocp4j.bench.cli.Failure;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Help.Ansi;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ScopeType;
import picocli.CommandLine.Spec;

/// The top of the command line.
@Command(
        name = "iocp4j",
        description = "TCP servers and clients on Windows I/O completion ports.",
        synopsisSubcommandLabel = "COMMAND",
        mixinStandardHelpOptions = true,
        scope = ScopeType.INHERIT,
        versionProvider = Version.class,
        usageHelpAutoWidth = true,
        sortOptions = false,
        exitCodeListHeading = "%nExit codes:%n",
        exitCodeList = {
            " 0:all went well",
            " 1:it failed: a taken port, a refused connection, a wrong byte, something left over",
            " 2:wrong arguments"
        })
public final class Main implements Runnable {
    @Spec
    @SuppressWarnings("NullAway.Init")
    private CommandSpec spec;

    @Option(
            names = "--verbose",
            scope = ScopeType.INHERIT,
            description = "Tell errors with their stack traces, and log more.")
    void verbose(boolean on) {
        ConsoleLoggerFinder.verbose(on);
    }

    private Main() {}

    /// Runs one command as a process.
    public static void main(String[] args) {
        Cli cli = Cli.ofProcess();
        Runtime.getRuntime().addShutdownHook(new Thread(cli.stop()::shutDown, "iocp4j-cli-shutdown"));
        int exitCode = run(cli, args);
        cli.stop().finished(exitCode);
        System.exit(exitCode);
    }

    /// Runs one command.
    ///
    /// @return the exit code
    static int run(Cli cli, String... args) {
        ConsoleLoggerFinder.verbose(false);
        return new CommandLine(new Main())
                .addSubcommand("demo", new DemoCommand(cli))
                .addSubcommand("serve", new ServeCommand(cli))
                .addSubcommand("connect", new ConnectCommand(cli))
                .addSubcommand("send-file", new SendFileCommand(cli))
                .addSubcommand("receive-file", new ReceiveFileCommand(cli))
                .addSubcommand("doctor", new DoctorCommand(cli))
                .setOut(cli.out())
                .setErr(cli.err())
                // No colours: picocli takes any TERM variable for a promise, which Wine's console does not keep.
                .setColorScheme(CommandLine.Help.defaultColorScheme(Ansi.OFF))
                .setExecutionExceptionHandler((e, _, _) -> failed(cli, e))
                .execute(args);
    }

    @Override
    public void run() {
        throw new ParameterException(spec.commandLine(), "Missing command");
    }

    private static int failed(Cli cli, Exception e) {
        cli.out().flush();
        if (ConsoleLoggerFinder.isVerbose()) {
            e.printStackTrace(cli.err());
        }
        cli.err().println("iocp4j: " + Failure.sentence(e));
        cli.err().flush();
        return CommandLine.ExitCode.SOFTWARE;
    }
}
