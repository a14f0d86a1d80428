package io.github.iocp4j.bench.demo;

import io.github.iocp4j.bench.cli.LeftOver;
import java.io.PrintWriter;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/// What has become of the demo: the table, and whether it passes.
///
/// @param unfinished how many clients had to be left behind
/// @param files what is wrong with the files, or `null`
/// @param stoppedEarly whether the user had enough, so that no amount can be asked for
record Verdict(
        Totals totals,
        LeftOver leftOver,
        long unfinished,
        @Nullable String files,
        boolean stoppedEarly) {
    private static final int FULL_SECONDS = 20;
    private static final int FULL_CLIENTS = 200;
    private static final int LEAST_FRAMES = 10_000;
    private static final int LEAST_DISCONNECTS = 50;
    private static final String THREADS = "iocp4j-";
    private static final String THREADS_OF_COMMANDS = "iocp4j-cli-";
    private static final int THREAD_END_MILLIS = 2_000;

    /// Prints the table.
    ///
    /// @return whether the demo passes
    boolean print(PrintWriter out, Duration duration, int clients) {
        out.println();
        row(out, "frames echoed and verified", totals.frames(), "");
        row(out, "bytes, each way", totals.bytes(), "");
        row(out, "mismatches", totals.mismatches(), "");
        String ways = String.format(Locale.ROOT, "(%,d in order, %,d by reset)", totals.closes(), totals.resets());
        row(out, "disconnects", totals.disconnects(), ways);
        row(out, "reconnects", totals.reconnects(), "");
        String first = totals.firstBroken();
        row(out, "broken connections", totals.broken(), first == null ? "" : "(the first: " + first + ")");
        String bytes = String.format(Locale.ROOT, "(one each way, %,d bytes each, by SHA-256)", FileExchange.BYTES);
        row(out, "files verified", files == null ? 2 : 0, files == null ? bytes : "(" + files + ")");
        out.println();
        leftOver.print(out);
        long threads = threadsLeft();
        row(out, "  threads", threads, "");
        out.println();
        List<String> failures = failures(duration, clients, threads);
        out.println(failures.isEmpty() ? "passed" : "FAILED: " + String.join(", ", failures));
        out.flush();
        return failures.isEmpty();
    }

    private List<String> failures(Duration duration, int clients, long threads) {
        List<String> failures = new ArrayList<>();
        if (totals.mismatches() > 0) {
            failures.add("mismatches");
        }
        if (totals.broken() > 0) {
            failures.add("broken connections");
        }
        if (files != null && !stoppedEarly) {
            failures.add("the files did not come over");
        }
        if (unfinished > 0) {
            failures.add(unfinished + " clients got no answer");
        }
        if (!leftOver.isNothing() || threads > 0) {
            failures.add("something is left over");
        }
        double share = Math.min(1.0, duration.toSeconds() / (double) FULL_SECONDS)
                * Math.min(1.0, clients / (double) FULL_CLIENTS);
        require(failures, "frames", totals.frames(), (long) (LEAST_FRAMES * share));
        require(failures, "disconnects", totals.disconnects(), (long) (LEAST_DISCONNECTS * share));
        require(failures, "reconnects", totals.reconnects(), (long) (LEAST_DISCONNECTS * share));
        return failures;
    }

    private void require(List<String> failures, String what, long count, long least) {
        if (count < least && !stoppedEarly) {
            failures.add(String.format(Locale.ROOT, "fewer than %,d %s", least, what));
        }
    }

    private static void row(PrintWriter out, String name, long value, String remark) {
        out.printf(Locale.ROOT, "%-32s%,12d %s%n", name, value, remark);
    }

    /// How many threads of the library still run. The one that closes an endpoint says so shortly before it ends:
    /// hence the wait.
    private static long threadsLeft() {
        long alive = 0;
        for (int waited = 0; waited < THREAD_END_MILLIS; waited += 10) {
            alive = Thread.getAllStackTraces().keySet().stream()
                    .map(Thread::getName)
                    .filter(name -> name.startsWith(THREADS) && !name.startsWith(THREADS_OF_COMMANDS))
                    .count();
            if (alive == 0) {
                break;
            }
            try {
                Thread.sleep(10);
            } catch (InterruptedException _) {
                Thread.currentThread().interrupt();
                break;
            }
        }
        return alive;
    }
}
