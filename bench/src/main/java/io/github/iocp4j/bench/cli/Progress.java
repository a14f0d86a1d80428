package io.github.iocp4j.bench.cli;

import java.io.PrintStream;
import me.tongfei.progressbar.ConsoleProgressBarConsumer;
import me.tongfei.progressbar.ProgressBar;
import me.tongfei.progressbar.ProgressBarBuilder;
import me.tongfei.progressbar.ProgressBarStyle;
import org.jspecify.annotations.Nullable;

/// A progress bar on a terminal, and nothing elsewhere.
public final class Progress implements AutoCloseable {
    private static final int WIDTH = 79;
    private static final int UPDATE_MILLIS = 250;

    private final @Nullable ProgressBar bar;

    private Progress(@Nullable ProgressBar bar) {
        this.bar = bar;
    }

    /// Begins at 0 of `most`.
    ///
    /// @param unit what is counted, such as ` frames`
    public static Progress begin(Cli cli, String task, String unit, long most) {
        if (!cli.terminal()) {
            return new Progress(null);
        }
        // A width of our own: else the library would load a terminal library to find it out.
        PrintStream terminal = System.err;
        return new Progress(new ProgressBarBuilder()
                .setTaskName(task)
                .setUnit(unit, 1)
                .setInitialMax(most)
                .setStyle(ProgressBarStyle.ASCII)
                .setUpdateIntervalMillis(UPDATE_MILLIS)
                .hideEta()
                .setConsumer(new ConsoleProgressBarConsumer(terminal, WIDTH))
                .build());
    }

    /// Shows `done`, and a text behind the bar.
    public void show(long done, String text) {
        if (bar != null) {
            bar.stepTo(done);
            bar.setExtraMessage(text);
        }
    }

    @Override
    public void close() {
        if (bar != null) {
            bar.close();
        }
    }
}
