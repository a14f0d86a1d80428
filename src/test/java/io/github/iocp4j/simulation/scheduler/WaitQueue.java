package io.github.iocp4j.simulation.scheduler;

import java.util.ArrayList;
import java.util.List;

/// Threads that wait for one thing. Who is woken looks for itself whether it is there, and waits again if not.
public final class WaitQueue {
    private final Scheduler scheduler;
    private final String what;
    private final List<ScheduledThread> waiting = new ArrayList<>();

    /// A queue without waiters.
    ///
    /// @param what the thing, for the listing of a deadlock
    public WaitQueue(Scheduler scheduler, String what) {
        this.scheduler = scheduler;
        this.what = what;
    }

    /// Waits to be woken.
    ///
    /// @return false when the time had come first
    public boolean await(long deadlineNanos) {
        ScheduledThread self = scheduler.current();
        waiting.add(self);
        try {
            return scheduler.block(what, deadlineNanos);
        } finally {
            waiting.remove(self);
        }
    }

    public void wakeAll() {
        for (ScheduledThread thread : waiting) {
            scheduler.wake(thread);
        }
        waiting.clear();
    }

    /// Wakes one, chosen by the seed, if there is one.
    public void wakeOne() {
        if (!waiting.isEmpty()) {
            scheduler.wake(waiting.remove(scheduler.random().nextInt(waiting.size())));
        }
    }

    public int size() {
        return waiting.size();
    }
}
