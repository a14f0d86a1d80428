package io.github.iocp4j;

import io.github.iocp4j.internal.file.DiskFile;
import io.github.iocp4j.internal.host.Host;
import java.io.IOException;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/// The open file of a transfer, and what a file worker does with it, one step at a time. A step holds a count, and
/// when it is done the turn of the connection comes back. For the holder of the turn, but for what steps call.
final class FileWork implements Runnable {
    /// Something that may block.
    interface Step {
        void run() throws IOException;
    }

    private enum State {
        IDLE,
        RUNNING,
        ABANDONED
    }

    private final ConnectionContext context;
    private final FileService service;
    private @Nullable Step step;

    /// What follows the step that runs when its transfer has been abandoned.
    private @Nullable Step last;

    private @Nullable Throwable failure;
    private @Nullable DiskFile file;

    /// Changed last by the file worker, read first by the holder of the turn.
    private final AtomicReference<State> state = new AtomicReference<>(State.IDLE);

    FileWork(ConnectionContext context, FileService service) {
        this.context = context;
        this.service = service;
    }

    /// Has a step done, when none is running. Whoever calls holds a count.
    void start(Step next) {
        if (!state.compareAndSet(State.IDLE, State.RUNNING)) {
            throw new AssertionError("a step begins when none is running");
        }
        step = next;
        failure = null;
        context.enterIo();
        if (!service.workers().add(this)) {
            // The endpoint has run out of time for its close: better late than never.
            run();
        }
    }

    @Override
    public void run() {
        runStep(step);
        if (!state.compareAndSet(State.RUNNING, State.IDLE)) {
            runStep(last);
        }
        // From here on the next step may have begun.
        context.request(ConnectionContext.TURN);
        context.exitFromOutside();
    }

    boolean isRunning() {
        return state.get() != State.IDLE;
    }

    /// Whether there is a step that has not been looked at by [#takeDone]: it is running, or done.
    boolean isBusy() {
        return step != null;
    }

    /// What the step that is done has failed with, or `null`.
    @Nullable
    Throwable failure() {
        return isRunning() ? null : failure;
    }

    /// The step that is done has been looked at.
    void takeDone() {
        step = null;
        failure = null;
    }

    /// Nobody will look at it again: has `end` done now, or behind the step that runs.
    void abandon(Step end) {
        last = end;
        if (!state.compareAndSet(State.RUNNING, State.ABANDONED)) {
            runStep(end);
        }
    }

    boolean isOpen() {
        return file != null;
    }

    // For steps, and for whoever knows that none is running.

    Host host() {
        return service.host();
    }

    /// Takes over a file that has been opened.
    void opened(DiskFile fresh) {
        file = fresh;
        service.opened();
    }

    DiskFile file() {
        DiskFile open = file;
        if (open == null) {
            throw new AssertionError("the file is open from its first step to its last");
        }
        return open;
    }

    /// Closes the file, if it is open.
    void close() {
        DiskFile open = file;
        file = null;
        if (open != null) {
            open.close();
            service.closed();
        }
    }

    private void runStep(@Nullable Step current) {
        try {
            if (current != null) {
                current.run();
            }
        } catch (Throwable e) {
            failure = e;
        }
    }
}
