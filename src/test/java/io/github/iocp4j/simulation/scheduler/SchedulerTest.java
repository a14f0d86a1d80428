package io.github.iocp4j.simulation.scheduler;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.iocp4j.internal.host.Signal;
import io.github.iocp4j.testing.ThrowingRunnable;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class SchedulerTest {
    private static final Limits SHORT = new Limits(100_000, Duration.ofMinutes(1), Duration.ofSeconds(20));

    @Test
    void oneThreadRunsAtATime() {
        Scheduler scheduler = new Scheduler(1, SHORT);
        AtomicInteger inside = new AtomicInteger();
        scheduler.run(() -> {
            for (int i = 0; i < 5; i++) {
                scheduler.spawn("thread-" + i, () -> {
                    for (int j = 0; j < 200; j++) {
                        assertEquals(1, inside.incrementAndGet());
                        inside.decrementAndGet();
                        scheduler.switchPoint();
                    }
                });
            }
        });
        assertEquals(List.of(), scheduler.threadsAlive());
    }

    @Test
    void theSeedDecidesTheOrder() {
        Set<String> orders = new HashSet<>();
        for (int seed = 0; seed < 20; seed++) {
            String first = orderOf(seed);
            assertEquals(first, orderOf(seed));
            orders.add(first);
        }
        assertTrue(orders.size() > 15, orders::toString);
    }

    private static String orderOf(long seed) {
        Scheduler scheduler = new Scheduler(seed, SHORT);
        StringBuilder order = new StringBuilder();
        scheduler.run(() -> {
            for (String name : List.of("a", "b", "c")) {
                scheduler.spawn(name, () -> {
                    for (int i = 0; i < 20; i++) {
                        order.append(name);
                        scheduler.switchPointAfterEffect();
                    }
                });
            }
        });
        return order.toString();
    }

    @Test
    void theClockJumpsWhenNobodyCanRun() {
        Scheduler scheduler = new Scheduler(1, SHORT);
        long begin = System.nanoTime();
        scheduler.run(() -> {
            Signal signal = new SimulatedSignal(scheduler);
            assertFalse(signal.await(Duration.ofSeconds(30).toNanos()));
            assertTrue(scheduler.nanoTime() >= Duration.ofSeconds(30).toNanos());
        });
        assertTrue(System.nanoTime() - begin < Duration.ofSeconds(10).toNanos());
    }

    @Test
    void aSignalWakesAllWhoWait() {
        for (int seed = 0; seed < 20; seed++) {
            Scheduler scheduler = new Scheduler(seed, SHORT);
            AtomicInteger woken = new AtomicInteger();
            scheduler.run(() -> {
                Signal signal = new SimulatedSignal(scheduler);
                List<ScheduledThread> threads = new ArrayList<>();
                for (int i = 0; i < 4; i++) {
                    threads.add(scheduler.newThread("waiter-" + i, () -> {
                        assertTrue(signal.await(Signal.FOREVER));
                        woken.incrementAndGet();
                    }));
                    threads.getLast().start();
                }
                signal.set();
                for (ScheduledThread thread : threads) {
                    assertTrue(thread.join(Long.MAX_VALUE));
                }
                signal.reset();
                assertFalse(signal.isSet());
            });
            assertEquals(4, woken.get());
        }
    }

    @Test
    void joinEndsWhenItsTimeIsOver() {
        Scheduler scheduler = new Scheduler(1, SHORT);
        scheduler.run(() -> {
            Signal signal = new SimulatedSignal(scheduler);
            ScheduledThread thread = scheduler.newThread("waiter", () -> assertTrue(signal.await(Signal.FOREVER)));
            thread.start();
            assertFalse(thread.join(1_000_000));
            signal.set();
            assertTrue(thread.join(1_000_000));
        });
    }

    @Test
    void aConditionIsSeenWhenItHolds() {
        Scheduler scheduler = new Scheduler(1, SHORT);
        AtomicInteger count = new AtomicInteger();
        scheduler.run(() -> {
            scheduler.spawn("counter", () -> {
                for (int i = 0; i < 100; i++) {
                    count.incrementAndGet();
                    scheduler.switchPoint();
                }
            });
            assertTrue(scheduler.awaitCondition("fifty", 1_000_000_000, () -> count.get() >= 50));
            assertFalse(scheduler.awaitCondition("never", 1_000_000_000, () -> false));
        });
    }

    @Test
    void aDeadlockIsFoundAndListed() {
        Scheduler scheduler = new Scheduler(1, SHORT);
        SimulationFailure failure = failureOf(scheduler, () -> {
            Signal signal = new SimulatedSignal(scheduler);
            scheduler.spawn("second", () -> assertTrue(signal.await(Signal.FOREVER)));
            assertTrue(signal.await(Signal.FOREVER));
        });
        assertTrue(failure.getMessage().contains("seed 1: deadlock"), failure::getMessage);
        assertTrue(failure.getMessage().contains("main: waits for a signal"), failure::getMessage);
        assertTrue(failure.getMessage().contains("second: waits for a signal"), failure::getMessage);
    }

    @Test
    void aRunWithoutEndIsFound() {
        Scheduler scheduler = new Scheduler(1, SHORT);
        SimulationFailure failure = failureOf(scheduler, () -> {
            while (true) {
                scheduler.switchPoint();
            }
        });
        assertTrue(failure.getMessage().contains("no end after 100000 steps"), failure::getMessage);
    }

    @Test
    void aThreadThatSpinsUnseenIsFound() {
        Scheduler scheduler = new Scheduler(1, new Limits(1_000, Duration.ofMinutes(1), Duration.ofMillis(200)));
        SimulationFailure failure = failureOf(scheduler, () -> {
            while (!Thread.currentThread().isInterrupted()) {
                Thread.onSpinWait();
            }
        });
        assertTrue(failure.getMessage().contains("the baton is held by main"), failure::getMessage);
    }

    @Test
    void whatAThreadThrowsFailsTheRun() {
        for (int seed = 0; seed < 20; seed++) {
            Scheduler scheduler = new Scheduler(seed, SHORT);
            IllegalStateException thrown = new IllegalStateException("mine");
            SimulationFailure failure = failureOf(scheduler, () -> {
                Signal signal = new SimulatedSignal(scheduler);
                scheduler.spawn("second", () -> assertTrue(signal.await(Signal.FOREVER)));
                scheduler.spawn("third", () -> {
                    throw thrown;
                });
                assertTrue(signal.await(Signal.FOREVER));
            });
            assertSame(thrown, failure.getCause());
        }
    }

    @Test
    void aThreadThatSwallowsEverythingIsUnwoundWhenItEnds() {
        Scheduler scheduler = new Scheduler(1, SHORT);
        SimulationFailure failure = failureOf(scheduler, () -> {
            scheduler.spawn("stubborn", () -> {
                for (int i = 0; i < 1_000; i++) {
                    try {
                        scheduler.switchPoint();
                    } catch (Throwable _) {
                        // On with it.
                    }
                }
            });
            throw new IllegalStateException("mine");
        });
        assertTrue(failure.getMessage().contains("mine"), failure::getMessage);
    }

    @Test
    void theHistoryTellsRunsApart() {
        assertEquals(historyOf(1), historyOf(1));
        assertNotEquals(historyOf(1), historyOf(2));
        assertEquals("2 events", historyOf(1).toString());
        assertEquals(
                List.of("main: second 4, 5 -> 6"),
                historyOf(1).lines(1).stream()
                        .map(line -> line.replaceFirst("^[0-9,]+ ns ", ""))
                        .toList());
    }

    private static History historyOf(long number) {
        Scheduler scheduler = new Scheduler(1, SHORT);
        scheduler.run(() -> {
            scheduler.record("first", number, 2, 3);
            scheduler.record("second", 4, 5, 6);
        });
        return scheduler.history();
    }

    private static SimulationFailure failureOf(Scheduler scheduler, ThrowingRunnable body) {
        SimulationFailure failure = assertThrows(SimulationFailure.class, () -> scheduler.run(body));
        assertEquals(List.of(), scheduler.threadsAlive());
        return failure;
    }
}
