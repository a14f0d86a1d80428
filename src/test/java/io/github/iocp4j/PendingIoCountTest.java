package io.github.iocp4j;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/// Invariant 3: the pending-I/O count never falls below zero, reaches it once, and never rises from it.
class PendingIoCountTest {
    private final PendingIoCount count = new PendingIoCount();

    @Test
    void exitTellsTheLastOneAndOnlyTheLastOne() {
        count.begin(7);
        count.enter();
        assertFalse(count.exit());
        assertTrue(count.exit());
        assertEquals(0, count.count());
    }

    @Test
    void neverFallsBelowZero() {
        count.begin(1);
        assertTrue(count.exit());
        assertThrows(AssertionError.class, count::exit);
    }

    @Test
    void neverRisesFromZero() {
        count.begin(1);
        assertTrue(count.exit());
        assertFalse(count.tryEnter(1));
        assertThrows(AssertionError.class, count::enter);
    }

    @Test
    void refusesAnotherGeneration() {
        count.begin(1);
        assertTrue(count.exit());
        count.begin(2);
        assertFalse(count.tryEnter(1));
        assertTrue(count.tryEnter(2));
    }

    @Test
    void beginsAgainOnlyAtZero() {
        count.begin(1);
        assertThrows(AssertionError.class, () -> count.begin(2));
    }

    @Test
    void keepsTheLastOneForAnIoWorker() {
        count.begin(1);
        count.enter();
        assertTrue(count.exitUnlessLast());
        assertFalse(count.exitUnlessLast());
        assertEquals(1, count.count());
    }

    @Test
    void isReleasedOnceByThreadsThatRace() throws InterruptedException {
        for (int round = 1; round <= 200; round++) {
            count.begin(round);
            AtomicInteger released = new AtomicInteger();
            List<Thread> threads = new ArrayList<>();
            for (int i = 0; i < 4; i++) {
                int generation = round;
                threads.add(Thread.ofPlatform().start(() -> {
                    for (int k = 0; k < 200 && count.tryEnter(generation); k++) {
                        if (count.exit()) {
                            released.incrementAndGet();
                        }
                    }
                }));
            }
            if (count.exit()) {
                released.incrementAndGet();
            }
            for (Thread thread : threads) {
                thread.join();
            }
            assertEquals(0, count.count());
            assertEquals(1, released.get());
        }
    }
}
