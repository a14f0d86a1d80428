package io.github.iocp4j;

import java.util.concurrent.atomic.AtomicLong;

/// How much memory all send queues of an endpoint may keep from being used otherwise: copies of what is sent,
/// and received buffers that are sent on. Any thread may use it.
///
/// No queue may have more than is left for all others: so queues that do not move, however many, take less and
/// less, and one that moves always finds room (the dynamic thresholds of switches with a shared memory). Beyond
/// the budget each worker may add the one answer to the frame that its handler is given: a frame is given only
/// while the budget is not spent.
final class SendBudget {
    private final long budget;
    private final AtomicLong used = new AtomicLong();

    SendBudget(long bytes) {
        budget = bytes;
    }

    /// Charges `bytes` for a queue that has `queued` already, unless that is too much.
    boolean tryCharge(long bytes, long queued) {
        long left = budget - used.addAndGet(bytes);
        if (left >= 0 && queued <= left + bytes) {
            return true;
        }
        used.getAndAdd(-bytes);
        return false;
    }

    /// Charges an answer, for which [#hasRoomFor] has been asked.
    void charge(long bytes) {
        used.getAndAdd(bytes);
    }

    void giveBack(long bytes) {
        used.getAndAdd(-bytes);
    }

    /// Whether a queue that has `queued` may have another answer.
    boolean hasRoomFor(long queued) {
        return queued <= budget - used.get();
    }

    boolean isSpent() {
        return used.get() > budget;
    }

    long used() {
        return used.get();
    }
}
