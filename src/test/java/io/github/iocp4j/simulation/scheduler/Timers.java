package io.github.iocp4j.simulation.scheduler;

import java.util.PriorityQueue;
import org.jspecify.annotations.Nullable;

/// What is to happen at a time of the simulated clock. Equal times keep the order in which they were asked for.
final class Timers {
    private final PriorityQueue<Timer> queue = new PriorityQueue<>();
    private long numbered;
    private int cancelled;

    Timer add(long deadlineNanos, Runnable action) {
        Timer timer = new Timer(deadlineNanos, numbered++, action);
        queue.add(timer);
        return timer;
    }

    void cancel(Timer timer) {
        if (!timer.over) {
            timer.over = true;
            cancelled++;
            if (cancelled > 64 && cancelled > queue.size() / 2) {
                queue.removeIf(each -> each.over);
                cancelled = 0;
            }
        }
    }

    /// The time of the earliest, or [Scheduler#NEVER].
    long earliestNanos() {
        Timer first = queue.peek();
        while (first != null && first.over) {
            queue.remove();
            cancelled--;
            first = queue.peek();
        }
        return first == null ? Scheduler.NEVER : first.deadlineNanos;
    }

    /// Takes the action of the earliest that is due, or `null`.
    @Nullable
    Runnable takeDue(long nowNanos) {
        if (queue.isEmpty() || earliestNanos() > nowNanos) {
            return null;
        }
        Timer timer = queue.remove();
        timer.over = true;
        return timer.action;
    }

    static final class Timer implements Comparable<Timer> {
        private final long deadlineNanos;
        private final long number;
        private final Runnable action;
        private boolean over;

        private Timer(long deadlineNanos, long number, Runnable action) {
            this.deadlineNanos = deadlineNanos;
            this.number = number;
            this.action = action;
        }

        @Override
        public int compareTo(Timer other) {
            int byTime = Long.compare(deadlineNanos, other.deadlineNanos);
            return byTime != 0 ? byTime : Long.compare(number, other.number);
        }
    }
}
