package io.github.iocp4j;

import java.util.concurrent.atomic.AtomicLong;

/// How much memory the unfinished frames of an endpoint may have. Any thread may use it.
///
/// A frame is charged until the handler has seen it. What a reply then shares of it is the send queue's matter.
final class AssemblyBudget {
    private final long budget;
    private final AtomicLong left;

    AssemblyBudget(long bytes) {
        budget = bytes;
        left = new AtomicLong(bytes);
    }

    boolean reserve(int bytes) {
        if (left.addAndGet(-bytes) >= 0) {
            return true;
        }
        left.addAndGet(bytes);
        return false;
    }

    void giveBack(int bytes) {
        left.addAndGet(bytes);
    }

    /// How much is charged now. Whoever just asks in vain may be in it.
    long used() {
        return budget - left.get();
    }
}
