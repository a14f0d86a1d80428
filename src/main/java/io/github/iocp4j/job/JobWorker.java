package io.github.iocp4j.job;

import io.github.iocp4j.internal.host.Host;
import io.github.iocp4j.internal.host.HostThread;
import io.github.iocp4j.internal.host.Signal;
import org.jspecify.annotations.Nullable;

/// A thread of a [JobPool]. It has a signal of its own: with one for all, a worker that wakes up would take it from
/// another one that still sleeps.
final class JobWorker<T> {
    private final int number;
    private final HostThread thread;
    private final Signal awake;

    /// Belongs to the worker.
    private @Nullable T job;

    /// @param number no other worker of the pool has now
    JobWorker(JobPool<T> pool, Host host, String name, int number) {
        this.number = number;
        awake = host.newSignal();
        thread = host.newThread(name + "-" + number, () -> pool.work(this));
    }

    int number() {
        return number;
    }

    HostThread thread() {
        return thread;
    }

    void giveJob(T next) {
        job = next;
    }

    @Nullable
    T takeJob() {
        T next = job;
        job = null;
        return next;
    }

    /// Only who has taken this worker out of the idle ones calls this: once for each sleep, before or after it
    /// begins.
    void wake() {
        awake.set();
    }

    void sleep() {
        boolean _ = awake.await(Signal.FOREVER);
        awake.reset();
    }
}
