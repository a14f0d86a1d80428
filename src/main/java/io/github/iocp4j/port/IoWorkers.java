package io.github.iocp4j.port;

import io.github.iocp4j.error.WindowsException;
import io.github.iocp4j.internal.host.HostThread;
import io.github.iocp4j.internal.host.Signal;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;

/// The I/O workers of a port: started together and stopped together.
///
/// They are no daemon threads: a program ends when they have been stopped.
public final class IoWorkers {
    private static final long POST_RETRY_NANOS = 10_000_000;

    private final CompletionPort port;
    private final Consumer<WindowsException> portFailure;
    private final List<IoWorker> workers = new ArrayList<>();
    private final List<HostThread> threads = new ArrayList<>();
    private final AtomicInteger running = new AtomicInteger();
    private final AtomicBoolean stopping = new AtomicBoolean();
    private final AtomicBoolean failed = new AtomicBoolean();
    private final Signal never;

    private IoWorkers(CompletionPort port, Consumer<WindowsException> portFailure) {
        this.port = port;
        this.portFailure = portFailure;
        never = port.host().newSignal();
    }

    /// Starts `count` workers.
    ///
    /// @param batch how many packets a worker takes at once
    /// @param name the threads are called `name-0`, `name-1` and so on
    /// @param portFailure told once, on a worker, when the port itself fails; the workers have no work then, and
    /// end
    /// @throws IllegalStateException when the port has workers that have not ended
    public static IoWorkers start(
            CompletionPort port, int count, int batch, String name, Consumer<WindowsException> portFailure) {
        if (!port.beginWorkers(count)) {
            throw new IllegalStateException("the port has workers already");
        }
        IoWorkers workers = new IoWorkers(port, portFailure);
        for (int i = 0; i < count; i++) {
            IoWorker worker = new IoWorker(workers, port, i, batch);
            workers.workers.add(worker);
            workers.threads.add(port.host().newThread(name + "-" + i, worker::run));
        }
        workers.running.set(count);
        workers.threads.forEach(HostThread::start);
        return workers;
    }

    /// Ends the workers once they have handled the packets that they took, and waits for them, at most `limit`. A
    /// worker must not call this.
    ///
    /// @return whether all have ended
    public boolean stop(Duration limit) {
        long deadline = port.host().nanoTime() + limit.toNanos();
        if (stopping.compareAndSet(false, true)) {
            postStop(deadline);
        }
        for (HostThread thread : threads) {
            if (!thread.join(Math.max(0, deadline - port.host().nanoTime()))) {
                return false;
            }
        }
        return true;
    }

    /// How many packets of operations they have handled: exact once they have ended, before that a moment old.
    public long packetsHandled() {
        long sum = 0;
        for (IoWorker worker : workers) {
            sum += worker.packets();
        }
        return sum;
    }

    void portFailed(WindowsException cause) {
        if (failed.compareAndSet(false, true)) {
            portFailure.accept(cause);
        }
    }

    /// A worker has ended. One stop packet goes round: a batch may take several packets, so each worker passes it
    /// on when it is through with its own, and the last one does not.
    void ended() {
        port.workerEnded();
        if (running.decrementAndGet() > 0 && stopping.get()) {
            postStop(port.host().nanoTime() + Duration.ofSeconds(4).toNanos());
        }
    }

    private void postStop(long deadline) {
        while (port.postPacket(CompletionPort.STOP_KEY, 0, 0) != 0
                && port.host().nanoTime() < deadline) {
            never.await(POST_RETRY_NANOS);
        }
    }
}
