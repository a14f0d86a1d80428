package io.github.iocp4j;

import java.util.concurrent.atomic.AtomicInteger;

/// Whether the program wants the next frame of a connection: not while reading is paused, and where reading is not
/// automatic only as many frames as it has asked for.
///
/// Any thread changes it; the holder of the turn looks at it, and uses up what was asked for.
final class ReadPermit {
    private final AtomicInteger asked = new AtomicInteger();
    private volatile boolean paused;
    private volatile boolean automatic;

    void open(boolean automatically) {
        asked.set(0);
        paused = false;
        automatic = automatically;
    }

    void setPaused(boolean pause) {
        paused = pause;
    }

    void setAutomatic(boolean on) {
        if (on || automatic) {
            // What was asked for before is over either way.
            asked.set(0);
        }
        automatic = on;
    }

    /// Asks for so many frames more, and never for more than fit the count.
    void ask(int frames) {
        int before;
        do {
            before = asked.get();
        } while (!asked.compareAndSet(before, (int) Math.min(Integer.MAX_VALUE, (long) before + frames)));
    }

    boolean isPaused() {
        return paused;
    }

    /// Whether nothing may be delivered now.
    boolean isHeld() {
        return paused || (!automatic && asked.get() == 0);
    }

    /// A frame is about to be delivered. Only the holder of the turn takes, so what was there stays there, but for
    /// a change of the way of reading.
    void use() {
        int before = asked.get();
        while (!automatic && before > 0 && !asked.compareAndSet(before, before - 1)) {
            before = asked.get();
        }
    }
}
