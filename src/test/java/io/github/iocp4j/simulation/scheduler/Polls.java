package io.github.iocp4j.simulation.scheduler;

import java.util.ArrayList;
import java.util.List;
import java.util.function.BooleanSupplier;

/// Conditions that threads wait for and that nobody announces.
final class Polls {
    private final List<Poll> polls = new ArrayList<>();

    boolean isEmpty() {
        return polls.isEmpty();
    }

    Poll add(ScheduledThread thread, BooleanSupplier condition) {
        Poll poll = new Poll(thread, condition);
        polls.add(poll);
        return poll;
    }

    void remove(Poll poll) {
        polls.remove(poll);
    }

    /// Wakes whose condition holds now.
    void look(Scheduler scheduler) {
        for (Poll poll : polls) {
            if (!poll.thread.waitsFor.isEmpty() && poll.condition.getAsBoolean()) {
                scheduler.wake(poll.thread);
            }
        }
    }

    static final class Poll {
        private final ScheduledThread thread;
        private final BooleanSupplier condition;

        private Poll(ScheduledThread thread, BooleanSupplier condition) {
            this.thread = thread;
            this.condition = condition;
        }
    }
}
