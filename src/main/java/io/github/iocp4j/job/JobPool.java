package io.github.iocp4j.job;

import io.github.iocp4j.internal.host.Host;
import io.github.iocp4j.internal.host.Signal;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.Deque;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// A queue of jobs with a limit, and the threads that run them: first in, first out, and with one thread one after
/// another.
///
/// The number of threads can be changed at any time, by any thread; with 0 the jobs wait. Nobody is interrupted: a
/// thread that is one too many ends when its job is done. A thread is started when a job first needs it, so that a
/// pool without jobs has none. They are no daemons: a program ends when its pools are closed.
///
/// All methods may be called from any thread, jobs included unless they say otherwise. Only [#awaitClosed],
/// [#close] and [#awaitThreads] wait.
///
/// @param <T> what a job is
public final class JobPool<T> {
    private static final ThreadLocal<@Nullable JobPool<?>> CURRENT = new ThreadLocal<>();
    private static final System.Logger LOG = System.getLogger(JobPool.class.getName());
    private static final Duration LONGEST = Duration.ofDays(365);

    private final Host host;
    private final String name;
    private final int queueLimit;
    private final Consumer<? super T> body;
    private final BiConsumer<? super T, ? super Throwable> failed;
    private final Signal changed;
    private final Signal closed;
    private final AtomicBoolean awaited = new AtomicBoolean();

    // All below is guarded by `this`. Under it nothing is called that waits, wakes or starts a thread.
    private final Deque<T> queue = new ArrayDeque<>();

    /// Those that found the queue empty, and sleep: who takes one out wakes it.
    private final Deque<JobWorker<T>> idle = new ArrayDeque<>();

    private final Set<JobWorker<T>> threads = new LinkedHashSet<>();
    private final BitSet numbers = new BitSet();
    private int wanted;

    /// Workers that have not been chosen to end.
    private int alive;

    private int running;
    private boolean closing;
    private long end;
    private List<T> unfinished = List.of();
    private long added;
    private long refused;
    private long done;
    private long failures;

    /// Makes a pool, without a thread yet. For this library: the type of `host` is not exported.
    ///
    /// @param name the threads are called `name-0`, `name-1` and so on
    /// @param body runs a job, on one of the threads
    /// @param failed is told, on the same thread, what `body` has thrown; what it throws itself is logged
    @SuppressWarnings("exports")
    public JobPool(
            Host host,
            JobOptions options,
            String name,
            Consumer<? super T> body,
            BiConsumer<? super T, ? super Throwable> failed) {
        this.host = host;
        this.name = name;
        this.body = body;
        this.failed = failed;
        queueLimit = options.queueLimit();
        wanted = options.workers();
        changed = host.newSignal();
        closed = host.newSignal();
    }

    /// Adds a job behind all that wait.
    ///
    /// @return `false` when as many wait as may, or the pool closes: then it will not be run
    public boolean add(T job) {
        JobWorker<T> woken;
        JobWorker<T> fresh = null;
        synchronized (this) {
            if (closing || queue.size() >= queueLimit) {
                refused++;
                return false;
            }
            added++;
            queue.add(job);
            woken = idle.poll();
            if (woken == null && alive < wanted) {
                fresh = hire();
            }
        }
        if (woken != null) {
            woken.wake();
        } else if (fresh != null) {
            start(fresh);
        }
        return true;
    }

    /// Takes the job that has waited longest out of the queue: the caller does with it what he likes.
    ///
    /// @return the job, or `null` when none waits
    public @Nullable T take() {
        T job;
        boolean tell;
        synchronized (this) {
            job = queue.poll();
            tell = closing && isQuiet();
        }
        if (tell) {
            changed.set();
        }
        return job;
    }

    /// Changes the number of threads. Of too many the idle ones end at once, others when their job is done.
    ///
    /// @param count 0 to 1024
    /// @throws IllegalArgumentException when it is out of that range
    public void workers(int count) {
        int checked = JobOptions.DEFAULT.withWorkers(count).workers();
        List<JobWorker<T>> woken = new ArrayList<>();
        List<JobWorker<T>> fresh = new ArrayList<>();
        synchronized (this) {
            wanted = checked;
            for (int excess = alive - wanted; excess > 0 && !idle.isEmpty(); excess--) {
                woken.add(idle.pop());
            }
            for (int waiting = queue.size(); waiting > 0 && alive < wanted; waiting--) {
                fresh.add(hire());
            }
        }
        woken.forEach(JobWorker::wake);
        fresh.forEach(this::start);
        changed.set();
    }

    /// Whether the calling thread is one of this pool's.
    public boolean isWorker() {
        return CURRENT.get() == this;
    }

    /// Begins the close, and returns: no job is added any more, the queue is run. Of several limits the one that is
    /// over first holds.
    ///
    /// @param limit how long [#awaitClosed] waits for what is queued and running, from now on
    public void beginClose(Duration limit) {
        long now = host.nanoTime();
        long wantedEnd = now + (limit.compareTo(LONGEST) < 0 ? limit : LONGEST).toNanos();
        List<JobWorker<T>> woken;
        synchronized (this) {
            end = closing && end - wantedEnd < 0 ? end : wantedEnd;
            closing = true;
            woken = List.copyOf(idle);
            idle.clear();
        }
        woken.forEach(JobWorker::wake);
        changed.set();
    }

    /// Waits until all jobs are done, or the limit of [#beginClose] is over, or only jobs wait that nobody will run
    /// because there are 0 threads. From then on no job is begun; one that still runs is left to its end.
    ///
    /// @return the jobs that were not run, in order; the same for each caller
    /// @throws IllegalStateException from a job, whose end it would wait for, or when no close has begun
    public List<T> awaitClosed() {
        synchronized (this) {
            if (!closing || isWorker()) {
                throw new IllegalStateException(closing ? "a job would wait for itself" : "no close has begun");
            }
        }
        if (awaited.compareAndSet(false, true)) {
            awaitQuiet();
            closed.set();
        } else {
            boolean _ = closed.await(Signal.FOREVER);
        }
        return unfinished();
    }

    /// Closes: [#beginClose] and [#awaitClosed].
    ///
    /// @return the jobs that were not run, in order
    /// @throws IllegalStateException from a job
    public List<T> close(Duration limit) {
        beginClose(limit);
        return awaitClosed();
    }

    /// The jobs that the close has handed back, in order: empty until then.
    public synchronized List<T> unfinished() {
        return unfinished;
    }

    /// Waits until the threads that there are have ended, at most `limit`: those of a closed pool, or of one that
    /// has been given 0.
    ///
    /// @return whether all have ended; else a job still runs
    public boolean awaitThreads(Duration limit) {
        List<JobWorker<T>> all;
        synchronized (this) {
            all = List.copyOf(threads);
        }
        long until = host.nanoTime() + (limit.compareTo(LONGEST) < 0 ? limit : LONGEST).toNanos();
        for (JobWorker<T> each : all) {
            if (!each.thread().join(Math.max(0, until - host.nanoTime()))) {
                return false;
            }
        }
        return true;
    }

    /// What has been counted until now.
    public synchronized JobCounters counters() {
        return new JobCounters(added, refused, done, failures, queue.size(), running, wanted);
    }

    /// The life of a worker.
    void work(JobWorker<T> worker) {
        CURRENT.set(this);
        try {
            while (next(worker)) {
                T job = worker.takeJob();
                if (job == null) {
                    worker.sleep();
                } else {
                    finished(run(job));
                }
            }
        } finally {
            CURRENT.remove();
            dismiss(worker);
        }
    }

    /// Gives a worker the next job. When there is none it counts as idle, before anybody can add one: so whoever
    /// adds one wakes it, and no job waits beside a worker that sleeps.
    ///
    /// @return whether the worker goes on
    private synchronized boolean next(JobWorker<T> worker) {
        if (alive > wanted || (closing && queue.isEmpty())) {
            alive--;
            return false;
        }
        T job = queue.poll();
        if (job == null) {
            idle.push(worker);
        } else {
            running++;
            worker.giveJob(job);
        }
        return true;
    }

    private boolean run(T job) {
        // One that nobody has waited for was meant for the job before.
        boolean _ = Thread.interrupted();
        try {
            body.accept(job);
            return true;
        } catch (Throwable e) {
            report(job, e);
            return false;
        }
    }

    private void report(T job, Throwable cause) {
        try {
            failed.accept(job, cause);
        } catch (Throwable e) {
            e.addSuppressed(cause);
            LOG.log(System.Logger.Level.ERROR, "a job failed, and so did who was told of it", e);
        }
    }

    private void finished(boolean well) {
        boolean tell;
        synchronized (this) {
            running--;
            done += well ? 1 : 0;
            failures += well ? 0 : 1;
            tell = closing;
        }
        if (tell) {
            changed.set();
        }
    }

    private JobWorker<T> hire() {
        int number = numbers.nextClearBit(0);
        numbers.set(number);
        alive++;
        JobWorker<T> fresh = new JobWorker<>(this, host, name, number);
        threads.add(fresh);
        return fresh;
    }

    private synchronized void dismiss(JobWorker<T> worker) {
        threads.remove(worker);
        numbers.clear(worker.number());
    }

    private void start(JobWorker<T> fresh) {
        try {
            fresh.thread().start();
        } catch (OutOfMemoryError e) {
            // The job stays queued: for a worker that there is, or the next one that can be started.
            synchronized (this) {
                alive--;
            }
            dismiss(fresh);
            LOG.log(System.Logger.Level.ERROR, "a job thread could not be started", e);
        }
    }

    private void awaitQuiet() {
        while (true) {
            changed.reset();
            long now = host.nanoTime();
            long left;
            synchronized (this) {
                left = end - now;
                if (isQuiet() || left <= 0) {
                    unfinished = List.copyOf(queue);
                    queue.clear();
                    return;
                }
            }
            changed.await(left);
        }
    }

    private boolean isQuiet() {
        return running == 0 && (queue.isEmpty() || wanted == 0);
    }
}
