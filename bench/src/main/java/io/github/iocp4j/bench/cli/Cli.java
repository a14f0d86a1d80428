package io.github.iocp4j.bench.cli;

import java.io.Console;
import java.io.InputStream;
import java.io.PrintWriter;
import java.nio.charset.Charset;

/// What a command talks to: the process' streams, or a test's.
///
/// @param in what the user types
/// @param out where results go
/// @param err where errors and progress go
/// @param terminal whether somebody looks on, so that progress is worth showing
/// @param stop tells when the command shall end
public record Cli(InputStream in, PrintWriter out, PrintWriter err, boolean terminal, StopSignal stop) {
    /// The streams of this process.
    public static Cli ofProcess() {
        return new Cli(
                System.in,
                new PrintWriter(System.out, true, System.out.charset()),
                new PrintWriter(System.err, true, System.err.charset()),
                isTerminal(),
                new StopSignal());
    }

    /// How the bytes of [#in] are meant.
    public static Charset inputCharset() {
        String name = System.getProperty("stdin.encoding");
        return name != null && Charset.isSupported(name) ? Charset.forName(name) : Charset.defaultCharset();
    }

    @SuppressWarnings("SystemConsoleNull") // it was never null from JDK 22 to 24 only
    private static boolean isTerminal() {
        if (Machine.isWindows() && Machine.isNativeAccessEnabled()) {
            return WindowsConsole.isShown();
        }
        Console console = System.console();
        return console != null && console.isTerminal();
    }
}
