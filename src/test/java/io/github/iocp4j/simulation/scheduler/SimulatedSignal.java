package io.github.iocp4j.simulation.scheduler;

import io.github.iocp4j.internal.host.Signal;

/// A [Signal] whose waits are the scheduler's.
public final class SimulatedSignal implements Signal {
    private final Scheduler scheduler;
    private final WaitQueue waiters;
    private boolean set;

    public SimulatedSignal(Scheduler scheduler) {
        this.scheduler = scheduler;
        waiters = new WaitQueue(scheduler, "a signal");
    }

    @Override
    public boolean await(long nanos) {
        long deadlineNanos = scheduler.deadline(nanos);
        scheduler.switchPoint();
        while (!set) {
            if (!waiters.await(deadlineNanos)) {
                return set;
            }
        }
        return true;
    }

    @Override
    public void set() {
        scheduler.switchPoint();
        set = true;
        waiters.wakeAll();
        scheduler.switchPoint();
    }

    @Override
    public void reset() {
        scheduler.switchPoint();
        set = false;
    }

    @Override
    public boolean isSet() {
        scheduler.switchPoint();
        return set;
    }
}
