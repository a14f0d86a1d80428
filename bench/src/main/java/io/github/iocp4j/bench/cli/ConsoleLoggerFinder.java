package io.github.iocp4j.bench.cli;

import java.text.MessageFormat;
import java.util.ResourceBundle;
import org.jspecify.annotations.Nullable;

/// The log of a command: a line on standard error for each warning, with the stack trace only when asked for.
public final class ConsoleLoggerFinder extends System.LoggerFinder {
    private static volatile boolean verbose;

    /// Whether stack traces and information are wanted.
    public static void verbose(boolean on) {
        verbose = on;
    }

    /// Whether stack traces and information are wanted.
    public static boolean isVerbose() {
        return verbose;
    }

    @Override
    public System.Logger getLogger(String name, Module module) {
        return new ConsoleLogger(name);
    }

    private record ConsoleLogger(String name) implements System.Logger {
        @Override
        public String getName() {
            return name;
        }

        @Override
        public boolean isLoggable(Level level) {
            Level least = verbose ? Level.INFO : Level.WARNING;
            return level != Level.OFF && level.getSeverity() >= least.getSeverity();
        }

        @Override
        public void log(
                Level level, @Nullable ResourceBundle bundle, @Nullable String text, @Nullable Throwable thrown) {
            if (isLoggable(level)) {
                print(level, text + (thrown != null ? ": " + thrown : ""));
                if (thrown != null && verbose) {
                    thrown.printStackTrace();
                }
            }
        }

        @Override
        public void log(Level level, @Nullable ResourceBundle bundle, @Nullable String format, Object... values) {
            if (isLoggable(level)) {
                String text = String.valueOf(format);
                print(level, values.length == 0 ? text : MessageFormat.format(text, values));
            }
        }

        private void print(Level level, String text) {
            System.err.println(name + ": " + level.getName().toLowerCase(java.util.Locale.ROOT) + ": " + text);
        }
    }
}
