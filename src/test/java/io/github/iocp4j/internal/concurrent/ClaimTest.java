package io.github.iocp4j.internal.concurrent;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class ClaimTest {
    private final Claim claim = new Claim();

    @Test
    void isHeldByOne() {
        assertTrue(claim.enter());
        assertFalse(claim.enter());
        assertTrue(claim.isHeld());
    }

    @Test
    void letsTheHolderGoWhenNobodyAsked() {
        assertTrue(claim.enter());
        assertTrue(claim.leave());
        assertFalse(claim.isHeld());
    }

    @Test
    void sendsTheHolderRoundOnceForAllWhoAsked() {
        assertTrue(claim.enter());
        assertFalse(claim.enter());
        assertFalse(claim.enter());
        assertFalse(claim.leave());
        assertTrue(claim.leave());
    }

    @Test
    void losesNoWork() throws InterruptedException {
        AtomicInteger asked = new AtomicInteger();
        int[] done = {0};
        List<Thread> threads = new ArrayList<>();
        for (int i = 0; i < 4; i++) {
            threads.add(Thread.ofPlatform().start(() -> {
                for (int k = 0; k < 100_000; k++) {
                    asked.incrementAndGet();
                    if (claim.enter()) {
                        do {
                            done[0] += asked.getAndSet(0);
                        } while (!claim.leave());
                    }
                }
            }));
        }
        for (Thread thread : threads) {
            thread.join();
        }
        assertEquals(400_000, done[0]);
        assertEquals(0, asked.get());
    }
}
