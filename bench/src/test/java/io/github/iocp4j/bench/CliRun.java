package io.github.iocp4j.bench;

import io.github.iocp4j.bench.cli.Cli;
import io.github.iocp4j.bench.cli.StopSignal;
import java.io.ByteArrayInputStream;
import java.io.InputStream;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.charset.Charset;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// One run of a command inside the test's process, on a thread of its own.
final class CliRun {
    private static final int LIMIT_SECONDS = 60;
    private static final Pattern LISTENING = Pattern.compile("^listening on (.+:\\d+)$", Pattern.MULTILINE);

    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();
    private final StopSignal stop = new StopSignal();
    private final CompletableFuture<Integer> exitCode = new CompletableFuture<>();

    private CliRun(InputStream input, String... arguments) {
        Cli cli = new Cli(input, new PrintWriter(out, true), new PrintWriter(err, true), false, stop);
        Thread.ofPlatform().daemon().name("cli").start(() -> {
            try {
                exitCode.complete(Main.run(cli, arguments));
            } catch (Throwable e) {
                exitCode.completeExceptionally(e);
            }
        });
    }

    /// Begins a command with nothing to read.
    static CliRun begin(String... arguments) {
        return typing("", arguments);
    }

    /// Begins a command that reads `input`.
    static CliRun typing(String input, String... arguments) {
        return new CliRun(new ByteArrayInputStream(input.getBytes(inputCharset())), arguments);
    }

    /// Begins a command that reads what comes by `input`.
    static CliRun reading(InputStream input, String... arguments) {
        return new CliRun(input, arguments);
    }

    /// The exit code, once the command has ended.
    int exitCode() {
        try {
            return exitCode.get(LIMIT_SECONDS, TimeUnit.SECONDS);
        } catch (Exception e) {
            throw new AssertionError("the command did not end; it said: " + out() + err(), e);
        }
    }

    /// Presses Ctrl-C.
    CliRun stop() {
        stop.request();
        return this;
    }

    String out() {
        return out.toString();
    }

    String err() {
        return err.toString();
    }

    /// Waits until the server listens.
    ///
    /// @return its address and port
    String listening() throws InterruptedException {
        return awaitOut(LISTENING).group(1);
    }

    /// Waits until the command has printed what `wanted` finds.
    Matcher awaitOut(Pattern wanted) throws InterruptedException {
        return await(wanted, this::out);
    }

    /// Waits until the command has told what `wanted` finds.
    Matcher awaitErr(Pattern wanted) throws InterruptedException {
        return await(wanted, this::err);
    }

    private Matcher await(Pattern wanted, Supplier<String> text) throws InterruptedException {
        long begun = System.nanoTime();
        while (true) {
            boolean over = exitCode.isDone() || System.nanoTime() - begun > LIMIT_SECONDS * 1_000_000_000L;
            Matcher found = wanted.matcher(text.get());
            if (found.find()) {
                return found;
            }
            if (over) {
                throw new AssertionError("not printed: " + wanted + " in: " + out() + err());
            }
            Thread.sleep(10);
        }
    }

    private static Charset inputCharset() {
        return Cli.inputCharset();
    }
}
