package io.github.iocp4j.port;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.iocp4j.contract.KernelContract;
import io.github.iocp4j.testing.TestKernel;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;

/// The timer of a port. In simulation a test turns its clock.
abstract class TimerContract extends KernelContract {
    private static final Duration UNIT = Duration.ofMillis(20);

    TimerContract(boolean simulated) {
        super(simulated);
    }

    @Test
    void alarmsExpireInTheOrderOfTheirTimesAndNeverEarly() {
        with((kernel, timer) -> {
            int count = 200;
            Queue<Integer> expired = new ConcurrentLinkedQueue<>();
            Queue<String> early = new ConcurrentLinkedQueue<>();
            List<Integer> order = new ArrayList<>();
            for (int i = 0; i < count; i++) {
                order.add(i);
            }
            Collections.shuffle(order, kernel.random());
            long start = timer.nanoTime() + UNIT.multipliedBy(5).toNanos();
            for (int number : order) {
                long deadline = start + number * 100_000L;
                assertTrue(timer.schedule(
                        new Ringing(_ -> {
                            if (timer.nanoTime() - deadline < 0) {
                                early.add("alarm " + number);
                            }
                            expired.add(number);
                        }),
                        deadline));
            }
            kernel.await("all alarms", LIMIT, () -> expired.size() == count);
            Collections.sort(order);
            assertEquals(order, List.copyOf(expired));
            assertEquals(List.of(), List.copyOf(early));
        });
    }

    @Test
    void alarmExpiresSoonAfterItsTime() {
        with((kernel, timer) -> {
            for (Duration delay : List.of(Duration.ZERO, UNIT, UNIT.multipliedBy(isSimulated() ? 100_000 : 5))) {
                Ringing alarm = new Ringing(_ -> {});
                long begun = timer.nanoTime();
                assertTrue(timer.schedule(alarm, begun + delay.toNanos()));
                kernel.await("the alarm", delay.plus(LIMIT), () -> alarm.times.get() == 1);
                long took = timer.nanoTime() - begun;
                long most = delay.toNanos()
                        + Duration.ofMillis(isSimulated() ? 1 : 5000).toNanos();
                assertTrue(took >= delay.toNanos() && took <= most, () -> "after " + took + " ns of " + delay);
            }
        });
    }

    @Test
    void earlierOfTwoTimesWins() {
        with((kernel, timer) -> {
            Ringing alarm = new Ringing(_ -> {});
            long now = timer.nanoTime();
            assertTrue(timer.schedule(alarm, now + Duration.ofHours(1).toNanos()));
            assertFalse(timer.schedule(alarm, now + UNIT.toNanos()), "it is scheduled already");
            assertFalse(timer.schedule(alarm, now + Duration.ofHours(2).toNanos()));
            kernel.await("the alarm", LIMIT, () -> alarm.times.get() == 1);
            assertTrue(timer.nanoTime() - now >= UNIT.toNanos());
            assertFalse(timer.cancel(alarm), "it is over");
            kernel.pause(UNIT.multipliedBy(3));
            assertEquals(1, alarm.times.get());
        });
    }

    @Test
    void newAlarmThatIsFirstWakesTheTimer() {
        with((kernel, timer) -> {
            Ringing late = new Ringing(_ -> {});
            Ringing early = new Ringing(_ -> {});
            assertTrue(
                    timer.schedule(late, timer.nanoTime() + Duration.ofHours(1).toNanos()));
            kernel.pause(UNIT);
            long now = timer.nanoTime();
            assertTrue(timer.schedule(early, now + UNIT.toNanos()));
            kernel.await("the earlier alarm", LIMIT, () -> early.times.get() == 1);
            assertEquals(0, late.times.get());
            assertTrue(timer.cancel(late));
        });
    }

    @Test
    void cancelledAlarmNeverExpiresAndMayBeScheduledAgain() {
        with((kernel, timer) -> {
            Ringing alarm = new Ringing(_ -> {});
            assertFalse(timer.cancel(alarm), "it was not scheduled");
            assertTrue(timer.schedule(
                    alarm, timer.nanoTime() + UNIT.multipliedBy(5).toNanos()));
            assertTrue(timer.cancel(alarm));
            assertFalse(timer.cancel(alarm), "it was cancelled already");
            kernel.pause(UNIT.multipliedBy(8));
            assertEquals(0, alarm.times.get());
            assertTrue(timer.schedule(alarm, timer.nanoTime()));
            kernel.await("the alarm", LIMIT, () -> alarm.times.get() == 1);
        });
    }

    @Test
    void cancelFromTheMiddleLeavesTheOthersInOrder() {
        with((kernel, timer) -> {
            Queue<Integer> expired = new ConcurrentLinkedQueue<>();
            List<Ringing> alarms = new ArrayList<>();
            long start = timer.nanoTime() + UNIT.multipliedBy(10).toNanos();
            for (int i = 0; i < 100; i++) {
                int number = i;
                alarms.add(new Ringing(_ -> expired.add(number)));
                assertTrue(timer.schedule(alarms.get(i), start + (i * 37 % 100) * 100_000L));
            }
            List<Integer> left = new ArrayList<>();
            for (int place = 0; place < 100; place++) {
                int number = place * 73 % 100;
                if (kernel.random().nextBoolean()) {
                    assertTrue(timer.cancel(alarms.get(number)));
                } else {
                    left.add(number);
                }
            }
            kernel.await("those that are left", LIMIT, () -> expired.size() == left.size());
            assertEquals(left, List.copyOf(expired));
        });
    }

    /// Either it expires, or it is cancelled: the count that it holds is given back once.
    @Test
    void cancelThatRacesWithTheTimeHasOneOutcome() {
        with((kernel, timer) -> {
            AtomicInteger cancelled = new AtomicInteger();
            Ringing alarm = new Ringing(_ -> {});
            int rounds = 50;
            for (int i = 0; i < rounds; i++) {
                int before = alarm.times.get() + cancelled.get();
                long delay = kernel.random().nextInt(isSimulated() ? 30_000 : 300_000);
                assertTrue(timer.schedule(alarm, timer.nanoTime() + delay));
                kernel.pause(Duration.ofNanos(delay));
                if (timer.cancel(alarm)) {
                    cancelled.getAndIncrement();
                }
                kernel.await("an outcome", LIMIT, () -> alarm.times.get() + cancelled.get() > before);
                assertEquals(before + 1, alarm.times.get() + cancelled.get());
            }
            kernel.pause(UNIT);
            assertEquals(rounds, alarm.times.get() + cancelled.get());
        });
    }

    @Test
    void alarmThatFailsEndsNothingButItself() {
        with((kernel, timer) -> {
            Ringing failing = new Ringing(_ -> {
                throw new IllegalStateException("deliberate");
            });
            Ringing next = new Ringing(_ -> {});
            assertTrue(timer.schedule(failing, timer.nanoTime()));
            assertTrue(timer.schedule(next, timer.nanoTime() + 1_000_000));
            kernel.await("the alarm after it", LIMIT, () -> next.times.get() == 1);
            assertEquals(1, failing.times.get());
        });
    }

    @Test
    void alarmMayScheduleItselfAgainAsItExpires() {
        with((kernel, timer) -> {
            Queue<Boolean> added = new ConcurrentLinkedQueue<>();
            Ringing alarm = new Ringing(self -> {
                if (self.times.get() < 10) {
                    added.add(timer.schedule(self, timer.nanoTime() + 1_000_000));
                }
            });
            assertTrue(timer.schedule(alarm, timer.nanoTime()));
            kernel.await("ten alarms", LIMIT, () -> alarm.times.get() == 10);
            kernel.pause(UNIT);
            assertEquals(10, alarm.times.get());
            assertEquals(Collections.nCopies(9, true), List.copyOf(added));
        });
    }

    @Test
    void manyThreadsScheduleAndCancelAtOnce() {
        with((kernel, timer) -> {
            AtomicInteger expired = new AtomicInteger();
            AtomicInteger due = new AtomicInteger();
            AtomicInteger done = new AtomicInteger();
            for (int thread = 0; thread < 3; thread++) {
                kernel.fork("user-" + thread, () -> {
                    for (int i = 0; i < 40; i++) {
                        Ringing alarm = new Ringing(_ -> expired.getAndIncrement());
                        assertTrue(timer.schedule(alarm, timer.nanoTime() + i % 7 * 50_000L));
                        if (i % 3 != 0 || !timer.cancel(alarm)) {
                            due.getAndIncrement();
                        }
                    }
                    done.getAndIncrement();
                });
            }
            kernel.await("the threads", LIMIT, () -> done.get() == 3);
            kernel.await("all that were not cancelled", LIMIT, () -> expired.get() == due.get());
        });
    }

    @Test
    void closedTimerTakesAndRingsNothing() {
        check(kernel -> {
            Timer timer = new Timer(kernel.host());
            Ringing alarm = new Ringing(_ -> {});
            assertTrue(timer.schedule(alarm, timer.nanoTime() + UNIT.toNanos() * 5));
            timer.close();
            Ringing other = new Ringing(_ -> {});
            assertFalse(timer.schedule(other, timer.nanoTime()));
            kernel.pause(UNIT.multipliedBy(8));
            assertEquals(0, alarm.times.get());
            assertEquals(0, other.times.get());
            timer.close();
        });
    }

    @Test
    void timerThatWasNeverUsedHasNoThreadToWaitFor() {
        check(kernel -> new Timer(kernel.host()).close());
    }

    private void with(Use use) {
        check(kernel -> {
            Timer timer = new Timer(kernel.host());
            try {
                use.of(kernel, timer);
            } finally {
                timer.close();
            }
        });
    }

    @FunctionalInterface
    private interface Use {
        void of(TestKernel kernel, Timer timer) throws Exception;
    }

    /// Counts how often it has expired.
    private static final class Ringing extends Timer.Alarm {
        private final AtomicInteger times = new AtomicInteger();
        private final Consumer<Ringing> then;

        Ringing(Consumer<Ringing> then) {
            this.then = then;
        }

        @Override
        protected void expired() {
            times.getAndIncrement();
            then.accept(this);
        }
    }
}
