package io.github.iocp4j.simulation.scheduler;

import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/// How a run ended: the first failure, and what every thread was doing then.
final class Outcome {
    private static final int SHOWN_EVENTS = 40;

    private final CountDownLatch over = new CountDownLatch(1);
    private volatile boolean failed;
    private @Nullable Throwable failure;
    private String listing = "";

    boolean isFailed() {
        return failed;
    }

    boolean isOver() {
        return over.getCount() == 0;
    }

    void end() {
        over.countDown();
    }

    synchronized void note(Throwable cause, String threads) {
        if (failure == null) {
            failure = cause;
            listing = threads;
        }
        failed = true;
    }

    /// Waits for the end in real time; an interrupt, as of a test's timeout, shortens that.
    boolean awaitEnd(long nanos) {
        boolean interrupted = false;
        long deadlineNanos = System.nanoTime() + nanos;
        try {
            while (true) {
                try {
                    return over.await(deadlineNanos - System.nanoTime(), TimeUnit.NANOSECONDS);
                } catch (InterruptedException _) {
                    interrupted = true;
                    deadlineNanos = Math.min(deadlineNanos, System.nanoTime() + 100_000_000);
                }
            }
        } finally {
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }

    /// @throws SimulationFailure when something failed
    synchronized void throwIfFailed(long seed, History history, boolean allEnded) {
        if (failure == null) {
            return;
        }
        StringBuilder text = new StringBuilder("seed " + seed + ": " + failure.getMessage() + "\n" + listing);
        if (allEnded) {
            text.append("the last of ").append(history).append(":\n");
            history.lines(history.size() - SHOWN_EVENTS)
                    .forEach(line -> text.append("    ").append(line).append('\n'));
        } else {
            text.append("    (a thread could not be stopped)\n");
        }
        throw new SimulationFailure(text.toString(), failure);
    }

    static String list(List<ScheduledThread> threads) {
        StringBuilder text = new StringBuilder();
        for (ScheduledThread thread : threads) {
            if (!thread.ended && thread.started) {
                text.append("    ").append(thread).append('\n');
            }
        }
        return text.toString();
    }

    static String describeStuck(ScheduledThread stuck) {
        StringBuilder text = new StringBuilder("the baton is held by " + stuck.name());
        for (StackTraceElement element : stuck.thread().getStackTrace()) {
            text.append("\n        at ").append(element);
        }
        return text.append('\n').toString();
    }
}
