package io.github.iocp4j.packaging;

import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/// A process that was run to its end.
///
/// @param exitCode its exit code
/// @param out what it printed
/// @param err what it printed as errors and warnings
record Run(int exitCode, String out, String err) {
    private static final int LIMIT_SECONDS = 60;

    /// A quick start; and the last two are for Wine: without them, the VM warns about what Wine lacks.
    private static final List<String> JAVA_SWITCHES =
            List.of("-XX:TieredStopAtLevel=1", "-XX:+UnlockDiagnosticVMOptions", "-XX:-PrintWarnings");

    /// Runs `java` of a JDK or image.
    ///
    /// @param folder where the output goes
    static Run java(Path home, Path folder, List<String> arguments) throws IOException, InterruptedException {
        var command = new ArrayList<String>();
        command.add(tool(home, "java"));
        command.addAll(JAVA_SWITCHES);
        command.addAll(arguments);
        return of(folder, command);
    }

    /// Runs a program, and ends it when it doesn't end by itself.
    static Run of(Path folder, List<String> command) throws IOException, InterruptedException {
        File out = Files.createTempFile(folder, "out", ".txt").toFile();
        File err = Files.createTempFile(folder, "err", ".txt").toFile();
        var builder = new ProcessBuilder(command).redirectOutput(out).redirectError(err);
        // Each makes the JVM say that it was seen.
        builder.environment().keySet().removeAll(List.of("JAVA_TOOL_OPTIONS", "JDK_JAVA_OPTIONS", "_JAVA_OPTIONS"));
        Process process = builder.start();
        try {
            process.getOutputStream().close();
            assertTrue(
                    process.waitFor(LIMIT_SECONDS, TimeUnit.SECONDS),
                    () -> "not ended after " + LIMIT_SECONDS + " s: " + command);
        } finally {
            process.destroyForcibly();
        }
        return new Run(process.exitValue(), text(out), text(err));
    }

    /// The path of a program of a JDK or image.
    static String tool(Path home, String name) {
        boolean windows = File.separatorChar == '\\';
        return home.resolve("bin", windows ? name + ".exe" : name).toString();
    }

    private static String text(File file) throws IOException {
        return Files.readString(file.toPath()).replace("\r\n", "\n").strip();
    }
}
