package io.github.iocp4j.bench.demo;

import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;

/// What all clients of the demo have counted, and whether they shall go on. Any thread may use it.
final class Totals {
    private final LongAdder frames = new LongAdder();
    private final LongAdder bytes = new LongAdder();
    private final LongAdder mismatches = new LongAdder();
    private final LongAdder closes = new LongAdder();
    private final LongAdder resets = new LongAdder();
    private final LongAdder reconnects = new LongAdder();
    private final LongAdder broken = new LongAdder();
    private final LongAdder open = new LongAdder();
    private final AtomicReference<@Nullable String> firstBroken = new AtomicReference<>();
    private volatile boolean running = true;

    boolean isRunning() {
        return running;
    }

    /// The clients leave when what they have sent is back.
    void end() {
        running = false;
    }

    /// A frame has come back as it was.
    void echoed(int length) {
        frames.increment();
        bytes.add(length);
    }

    void mismatched() {
        mismatches.increment();
    }

    void connected(boolean again) {
        open.increment();
        if (again) {
            reconnects.increment();
        }
    }

    void disconnected() {
        open.decrement();
    }

    /// A client goes of its own accord, in the middle of the demo.
    void leaves(boolean byReset) {
        (byReset ? resets : closes).increment();
    }

    /// A connection ended, or was not made, against the client's will.
    void broke(String how) {
        broken.increment();
        firstBroken.compareAndSet(null, how);
    }

    long frames() {
        return frames.sum();
    }

    long bytes() {
        return bytes.sum();
    }

    long mismatches() {
        return mismatches.sum();
    }

    long closes() {
        return closes.sum();
    }

    long resets() {
        return resets.sum();
    }

    long disconnects() {
        return closes() + resets();
    }

    long reconnects() {
        return reconnects.sum();
    }

    long broken() {
        return broken.sum();
    }

    long open() {
        return open.sum();
    }

    @Nullable
    String firstBroken() {
        return firstBroken.get();
    }
}
