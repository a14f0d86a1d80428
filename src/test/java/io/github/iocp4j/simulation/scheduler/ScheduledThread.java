package io.github.iocp4j.simulation.scheduler;

import io.github.iocp4j.internal.host.HostThread;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/// A thread of the simulation: a real one, which runs only while it holds the baton of its [Scheduler].
public final class ScheduledThread implements HostThread {
    private static final long DEATH_MILLIS = 1_000;

    private final Scheduler scheduler;
    private final String name;
    private final Runnable body;
    private final Thread thread;
    private final WaitQueue joiners;
    private volatile boolean turn;
    private boolean begun;

    // The scheduler's own notes, touched only by who holds the baton.
    boolean started;
    boolean ended;
    boolean woken;
    long heldUntilStep;
    int unwound;
    String waitsFor = "";
    Timers.@Nullable Timer timer;

    ScheduledThread(Scheduler scheduler, String name, Runnable body) {
        this.scheduler = scheduler;
        this.name = name;
        this.body = body;
        joiners = new WaitQueue(scheduler, "the end of " + name);
        thread = Thread.ofPlatform().name(name).daemon(true).unstarted(() -> {
            awaitTurn();
            scheduler.runThread(this, this.body);
        });
    }

    public String name() {
        return name;
    }

    @Override
    public void start() {
        scheduler.switchPoint();
        scheduler.start(this);
        scheduler.switchPoint();
    }

    @Override
    public boolean isCurrent() {
        return Thread.currentThread() == thread;
    }

    @Override
    public boolean join(long nanos) {
        long deadlineNanos = scheduler.deadline(nanos);
        scheduler.switchPoint();
        while (!ended) {
            if (!joiners.await(deadlineNanos)) {
                return ended;
            }
        }
        return true;
    }

    Thread thread() {
        return thread;
    }

    boolean begun() {
        return begun;
    }

    /// Waits in real time for the thread behind an ended one; one that was left behind is not waited for long.
    void awaitDeath() {
        if (begun) {
            try {
                // Not join(Duration), which goes by the thread's state: that says "terminated" a moment before the
                // thread is not alive any more.
                thread.join(DEATH_MILLIS);
            } catch (InterruptedException _) {
                Thread.currentThread().interrupt();
            }
        }
    }

    void end() {
        ended = true;
        joiners.wakeAll();
    }

    /// Gives the baton to this thread. The caller must not touch the scheduler's state afterwards.
    void handBaton() {
        turn = true;
        if (begun) {
            LockSupport.unpark(thread);
        } else {
            begun = true;
            thread.start();
        }
    }

    /// Waits for the baton. An interrupt is kept for the thread.
    void awaitTurn() {
        boolean interrupted = false;
        while (!turn) {
            LockSupport.park(this);
            interrupted |= Thread.interrupted();
        }
        turn = false;
        if (interrupted) {
            thread.interrupt();
        }
    }

    @Override
    public String toString() {
        return name + (ended ? ": ended" : waitsFor.isEmpty() ? ": runnable" : ": waits for " + waitsFor);
    }
}
