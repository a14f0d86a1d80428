package io.github.iocp4j.bench.cli;

import java.io.PrintStream;
import java.util.function.LongSupplier;
import me.tongfei.progressbar.ConsoleProgressBarConsumer;
import me.tongfei.progressbar.ProgressBar;
import me.tongfei.progressbar.ProgressBarBuilder;
import me.tongfei.progressbar.ProgressBarStyle;
import org.jspecify.annotations.Nullable;

/// A progress bar on a terminal, and nothing elsewhere.
public final class Progress implements AutoCloseable {
    private static final int WIDTH = 79;
    private static final int UPDATE_MILLIS = 250;

    private static final long MEBIBYTE = 1 << 20;

    private final @Nullable ProgressBar bar;
    private final LongSupplier most;

    private Progress(@Nullable ProgressBar bar, LongSupplier most) {
        this.bar = bar;
        this.most = most;
    }

    /// Begins at 0 of `most`.
    ///
    /// @param unit what is counted, such as ` frames`
    public static Progress begin(Cli cli, String task, String unit, long most) {
        if (!cli.terminal()) {
            return new Progress(null, () -> most);
        }
        return new Progress(bar(task, most).setUnit(unit, 1).hideEta().build(), () -> most);
    }

    /// Begins at 0 of `size` bytes, and shows also the rate and the time that is left.
    ///
    /// @param size in bytes; negative while it is not known
    public static Progress ofBytes(Cli cli, String task, LongSupplier size) {
        if (!cli.terminal()) {
            return new Progress(null, size);
        }
        return new Progress(
                bar(task, size.getAsLong())
                        .setUnit(" MiB", MEBIBYTE)
                        .showSpeed()
                        .build(),
                size);
    }

    private static ProgressBarBuilder bar(String task, long most) {
        // A width of our own: else the library would load a terminal library to find it out.
        PrintStream terminal = System.err;
        return new ProgressBarBuilder()
                .setTaskName(task)
                .setInitialMax(most)
                .setStyle(ProgressBarStyle.ASCII)
                .setUpdateIntervalMillis(UPDATE_MILLIS)
                .setConsumer(new ConsoleProgressBarConsumer(terminal, WIDTH));
    }

    /// Shows `done`, and a text behind the bar.
    public void show(long done, String text) {
        if (bar != null) {
            bar.maxHint(most.getAsLong());
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
