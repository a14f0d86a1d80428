package io.github.iocp4j.port;

import io.github.iocp4j.internal.host.Host;
import io.github.iocp4j.internal.host.HostThread;
import io.github.iocp4j.internal.host.Signal;
import java.util.Arrays;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/// The timer of a port: one thread, started with the first alarm, that calls [Alarm#expired] when an alarm's time
/// has come.
///
/// What is called there only posts a packet; everything else happens on an I/O worker. Any thread may schedule and
/// cancel; nothing is allocated once the heap of alarms has grown to its size. The lock is held for a few memory
/// accesses, never over a call.
public final class Timer {
    private static final int FIRST_CAPACITY = 64;

    /// Something that can be scheduled, again and again, but once at a time. It belongs to whoever made it.
    public abstract static class Alarm {
        private static final int IDLE = -1;

        private long deadline;
        private int position = IDLE;

        /// An alarm that is not scheduled.
        protected Alarm() {}

        /// The time has come. Runs on the timer's thread: it posts a packet and returns.
        protected abstract void expired();
    }

    private static final System.Logger LOG = System.getLogger(Timer.class.getName());

    private final Host host;
    private final Signal changed;
    private final ReentrantLock lock = new ReentrantLock();
    private Alarm[] heap = new Alarm[FIRST_CAPACITY];
    private int size;
    private boolean closed;
    private @Nullable HostThread thread;

    Timer(Host host) {
        this.host = host;
        changed = host.newSignal();
    }

    /// The clock of this timer, in nanoseconds from an arbitrary origin, as [System#nanoTime].
    public long nanoTime() {
        return host.nanoTime();
    }

    /// Schedules `alarm` for `deadline`; one that is scheduled already keeps the earlier of the two times.
    ///
    /// @param deadline in nanoseconds of [#nanoTime]
    /// @return whether the alarm was not scheduled before, and is now; `false` too when the timer is closed
    public boolean schedule(Alarm alarm, long deadline) {
        boolean added = false;
        boolean first;
        HostThread toStart = null;
        lock.lock();
        try {
            if (closed) {
                return false;
            }
            if (alarm.position == Alarm.IDLE) {
                alarm.deadline = deadline;
                add(alarm);
                added = true;
            } else if (deadline - alarm.deadline < 0) {
                alarm.deadline = deadline;
                up(alarm.position);
            }
            first = alarm.position == 0;
            if (thread == null) {
                thread = host.newThread("iocp4j-timer", this::run);
                toStart = thread;
            }
        } finally {
            lock.unlock();
        }
        if (toStart != null) {
            toStart.start();
        }
        if (first) {
            changed.set();
        }
        return added;
    }

    /// Takes back what was scheduled.
    ///
    /// @return whether it was scheduled, and will not expire now
    public boolean cancel(Alarm alarm) {
        lock.lock();
        try {
            if (alarm.position == Alarm.IDLE) {
                return false;
            }
            remove(alarm.position);
            return true;
        } finally {
            lock.unlock();
        }
    }

    /// Ends the timer's thread. What is scheduled never expires.
    void close() {
        HostThread toJoin;
        lock.lock();
        try {
            closed = true;
            toJoin = thread;
        } finally {
            lock.unlock();
        }
        changed.set();
        if (toJoin != null) {
            toJoin.join(Signal.FOREVER);
        }
    }

    private void run() {
        while (true) {
            Alarm due = null;
            long wait;
            changed.reset();
            lock.lock();
            try {
                if (closed) {
                    return;
                }
                wait = size == 0 ? Signal.FOREVER : heap[0].deadline - host.nanoTime();
                if (wait <= 0) {
                    due = remove(0);
                }
            } finally {
                lock.unlock();
            }
            if (due != null) {
                expire(due);
            } else {
                changed.await(wait);
            }
        }
    }

    private static void expire(Alarm alarm) {
        try {
            alarm.expired();
        } catch (Throwable e) {
            // Whatever one owner does wrong must not end the time of all others.
            LOG.log(System.Logger.Level.ERROR, "an alarm failed", e);
        }
    }

    private void add(Alarm alarm) {
        if (size == heap.length) {
            heap = Arrays.copyOf(heap, size * 2);
        }
        place(alarm, size++);
        up(alarm.position);
    }

    private Alarm remove(int position) {
        Alarm removed = heap[position];
        Alarm last = heap[--size];
        if (position != size) {
            place(last, position);
            up(position);
            down(last.position);
        }
        removed.position = Alarm.IDLE;
        return removed;
    }

    private void up(int from) {
        int position = from;
        Alarm alarm = heap[position];
        while (position > 0) {
            int parent = (position - 1) >>> 1;
            if (alarm.deadline - heap[parent].deadline >= 0) {
                break;
            }
            place(heap[parent], position);
            position = parent;
        }
        place(alarm, position);
    }

    private void down(int from) {
        int position = from;
        Alarm alarm = heap[position];
        while (true) {
            int child = 2 * position + 1;
            if (child >= size) {
                break;
            }
            if (child + 1 < size && heap[child + 1].deadline - heap[child].deadline < 0) {
                child++;
            }
            if (heap[child].deadline - alarm.deadline >= 0) {
                break;
            }
            place(heap[child], position);
            position = child;
        }
        place(alarm, position);
    }

    private void place(Alarm alarm, int position) {
        heap[position] = alarm;
        alarm.position = position;
    }
}
