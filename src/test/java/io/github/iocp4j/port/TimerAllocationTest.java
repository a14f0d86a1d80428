package io.github.iocp4j.port;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.iocp4j.testing.AllocatedBytes;
import io.github.iocp4j.testing.idle.IdleHost;
import io.github.iocp4j.testing.idle.IdleKernel;
import io.github.iocp4j.testing.idle.IdleKernel.Completion;
import java.time.Duration;
import org.junit.jupiter.api.Test;

/// What a timer allocates on the Java heap once it has been as full as it gets.
class TimerAllocationTest {
    private static final int ALARMS = 1000;
    private static final int ROUNDS = 100;
    private static final long MOST_BYTES = 1024;
    private static final Duration LIMIT = Duration.ofSeconds(60);

    @Test
    void scheduleAndCancelAllocateNothing() {
        Timer timer = new Timer(new IdleHost(new IdleKernel(Completion.PACKET, 0)));
        try {
            Timer.Alarm[] alarms = new Timer.Alarm[ALARMS];
            for (int i = 0; i < ALARMS; i++) {
                alarms[i] = new Chain(timer, 0);
            }
            // The timer's thread sleeps for an earlier one: it takes no part.
            Chain first = new Chain(timer, 0);
            timer.schedule(first, timer.nanoTime() + LIMIT.toNanos());
            scheduleAndCancel(timer, alarms, ROUNDS);
            AllocatedBytes allocated = AllocatedBytes.ofCurrentThread();
            scheduleAndCancel(timer, alarms, ROUNDS);
            expectNothing(allocated, ROUNDS * ALARMS);
            timer.cancel(first);
        } finally {
            timer.close();
        }
    }

    @Test
    void expiryAllocatesNothing() throws InterruptedException {
        Timer timer = new Timer(new IdleHost(new IdleKernel(Completion.PACKET, 0)));
        try {
            int times = 200_000;
            run(timer, times);
            Chain chain = new Chain(timer, times);
            // Nothing but this happens on the timer's thread: it is warm and waits.
            AllocatedBytes allocated = AllocatedBytes.ofThreads("iocp4j-timer");
            assertEquals(1, allocated.threads());
            timer.schedule(chain, timer.nanoTime());
            chain.await();
            expectNothing(allocated, times);
        } finally {
            timer.close();
        }
    }

    private static void run(Timer timer, int times) throws InterruptedException {
        Chain warm = new Chain(timer, times);
        timer.schedule(warm, timer.nanoTime());
        warm.await();
    }

    private static void scheduleAndCancel(Timer timer, Timer.Alarm[] alarms, int rounds) {
        for (int round = 0; round < rounds; round++) {
            long later = timer.nanoTime() + 2 * LIMIT.toNanos();
            for (int i = 0; i < ALARMS; i++) {
                assertTrue(timer.schedule(alarms[i], later + i * 7919L % ALARMS));
            }
            for (int i = 0; i < ALARMS; i++) {
                assertTrue(timer.cancel(alarms[i]));
            }
        }
    }

    private static void expectNothing(AllocatedBytes allocated, int times) {
        long bytes = allocated.sinceThen();
        assertTrue(bytes < MOST_BYTES, () -> bytes + " bytes were allocated by " + times + " alarms");
    }

    /// Schedules itself again as often as it has left.
    private static final class Chain extends Timer.Alarm {
        private final Timer timer;
        private int left;
        private boolean over;

        Chain(Timer timer, int times) {
            this.timer = timer;
            left = times;
        }

        @Override
        protected void expired() {
            if (--left > 0) {
                timer.schedule(this, timer.nanoTime());
            } else {
                end();
            }
        }

        private synchronized void end() {
            over = true;
            notifyAll();
        }

        synchronized void await() throws InterruptedException {
            long deadline = System.nanoTime() + LIMIT.toNanos();
            while (!over) {
                long millis = (deadline - System.nanoTime()) / 1_000_000;
                assertTrue(millis > 0, "all alarms in time");
                wait(millis);
            }
        }
    }
}
