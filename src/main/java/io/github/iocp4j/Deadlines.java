package io.github.iocp4j;

import io.github.iocp4j.port.Timer;
import java.util.concurrent.atomic.AtomicLongArray;

/// The times that a connection waits for, all on one alarm of the port's timer.
///
/// The alarm is set for the earliest of them and holds a count while it is scheduled. When it rings, the holder
/// of the turn takes the times that have come by [#take], acts, and sets the alarm anew by [#renew]. Times may
/// be set by whoever holds a count. A time that moves on with each packet is not set anew each time: it is
/// looked at when it has come, and set again for what is left.
final class Deadlines {
    /// A read is tried again.
    static final int READ = 0;

    /// A send is tried again.
    static final int SEND = 1;

    /// Memory for a frame is looked for again.
    static final int ROOM = 2;

    /// Room for an answer, or for who was refused, is looked for again.
    static final int ANSWER = 3;

    /// A graceful close has lasted too long.
    static final int CLOSE = 4;

    /// Nothing has come or gone for too long.
    static final int IDLE = 5;

    /// The peer has taken nothing for too long.
    static final int STALL = 6;

    /// A frame is unfinished for too long.
    static final int FRAME = 7;

    /// An offer of a file is not answered by the peer.
    static final int OFFER = 8;

    /// An offer of the peer's is not answered here.
    static final int FILE = 9;

    /// A buffer for a file is looked for again.
    static final int FILE_MEMORY = 10;

    /// The peer has sent nothing since it connected.
    static final int FIRST_DATA = 11;

    /// Nothing has come for too long of a file that is being received.
    static final int FILE_DATA = 12;

    private static final int KINDS = 13;

    /// No time: the largest distance from any clock that runs for less than 292 years.
    private static final long NONE = Long.MIN_VALUE;

    private final ConnectionContext context;
    private final Timer timer;
    private final AtomicLongArray times = new AtomicLongArray(KINDS);
    private final Timer.Alarm alarm = new ContextAlarm();
    private volatile boolean closed;
    private volatile boolean rung;

    Deadlines(ConnectionContext context, Timer timer) {
        this.context = context;
        this.timer = timer;
        clear();
    }

    void open() {
        closed = false;
    }

    /// Waits `delayNanos` for one kind; an earlier time of that kind is forgotten. Whoever calls holds a count.
    void set(int kind, long delayNanos) {
        setAt(kind, timer.nanoTime() + delayNanos);
    }

    void setAt(int kind, long time) {
        times.set(kind, time == NONE ? NONE + 1 : time);
        schedule(time);
    }

    boolean isSet(int kind) {
        return times.get(kind) != NONE;
    }

    long nanoTime() {
        return timer.nanoTime();
    }

    /// Whether the alarm has rung since the last time that this was asked.
    boolean takeRung() {
        if (!rung) {
            return false;
        }
        rung = false;
        return true;
    }

    /// Takes a time that has come.
    ///
    /// @return whether it has
    boolean take(int kind, long now) {
        long time = times.get(kind);
        // Who sets it anew meanwhile is not overlooked: his alarm is still to ring.
        return time != NONE && now - time >= 0 && times.compareAndSet(kind, time, NONE);
    }

    /// Sets the alarm for what is left.
    void renew() {
        long now = timer.nanoTime();
        long least = Long.MAX_VALUE;
        for (int kind = 0; kind < KINDS; kind++) {
            long time = times.get(kind);
            if (time != NONE) {
                least = Math.min(least, time - now);
            }
        }
        if (least != Long.MAX_VALUE) {
            schedule(now + least);
        }
    }

    /// The socket is closed: nothing is waited for any more, whatever is still set.
    void close() {
        closed = true;
        cancel();
    }

    /// The last operation is home: nobody else is here.
    void clear() {
        rung = false;
        for (int kind = 0; kind < KINDS; kind++) {
            times.set(kind, NONE);
        }
    }

    private void schedule(long time) {
        context.enterIo();
        if (!timer.schedule(alarm, time)) {
            context.exitIoNotLast();
        }
        if (closed) {
            // Whoever closes has cancelled, perhaps before this was scheduled.
            cancel();
        }
    }

    private void cancel() {
        if (timer.cancel(alarm)) {
            context.exitIoNotLast();
        }
    }

    private final class ContextAlarm extends Timer.Alarm {
        @Override
        protected void expired() {
            rung = true;
            context.request(ConnectionContext.TURN);
            context.exitFromOutside();
        }
    }
}
