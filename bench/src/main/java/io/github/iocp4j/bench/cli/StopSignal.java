package io.github.iocp4j.bench.cli;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/// The wish that a command end: by Ctrl-C, by the end of its input, or because what it does is over.
public final class StopSignal {
    private final CountDownLatch wished = new CountDownLatch(1);
    private final CompletableFuture<Integer> exitCode = new CompletableFuture<>();
    private volatile boolean obeyed;

    /// From now on Ctrl-C only wishes: the command ends in its own time, and its exit code counts.
    public void obey() {
        obeyed = true;
    }

    /// Wishes that the command end.
    public void request() {
        wished.countDown();
    }

    /// Waits for the wish.
    ///
    /// @return whether there is one
    public boolean await(Duration limit) {
        try {
            return wished.await(limit.toNanos(), TimeUnit.NANOSECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return true;
        }
    }

    /// Whether the command shall end.
    public boolean isRequested() {
        return wished.getCount() == 0;
    }

    /// The command has ended.
    public void finished(int code) {
        exitCode.complete(code);
    }

    /// The shutdown hook: lets a command that obeys end, with its own exit code instead of that of Ctrl-C.
    public void shutDown() {
        if (obeyed && !exitCode.isDone()) {
            request();
            Runtime.getRuntime().halt(exitCode.join());
        }
    }
}
