package io.github.iocp4j.internal.win32;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.lang.foreign.Arena;
import java.util.ArrayList;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;

class CallPoolTest {
    private final CallPool pool = new CallPool(Arena.global());

    @Test
    void lendsAgainWhatWasGivenBack() {
        Call call = pool.acquire();
        pool.release(call);
        assertSame(call, pool.acquire());
    }

    @Test
    void lendsEachCallOnceAtATime() {
        Set<Call> lent = Collections.newSetFromMap(new IdentityHashMap<>());
        for (int i = 0; i < 200; i++) {
            assertTrue(lent.add(pool.acquire()));
        }
    }

    @Test
    void keepsEveryCallThatItMade() {
        List<Call> lent = new ArrayList<>();
        for (int i = 0; i < 200; i++) {
            lent.add(pool.acquire());
        }
        lent.forEach(pool::release);
        Set<Call> made = Collections.newSetFromMap(new IdentityHashMap<>());
        made.addAll(lent);
        for (int i = 0; i < 200; i++) {
            assertTrue(made.remove(pool.acquire()), "a new call, or one lent twice");
        }
    }

    @Test
    void twoPlatformThreadsNeverHoldTheSameCall() throws InterruptedException {
        assertExclusive(Thread.ofPlatform(), 4, 50_000);
    }

    @Test
    void twoVirtualThreadsNeverHoldTheSameCall() throws InterruptedException {
        // More threads than places, so that some must do without.
        assertExclusive(Thread.ofVirtual(), 300, 500);
    }

    private void assertExclusive(Thread.Builder builder, int threads, int rounds) throws InterruptedException {
        var holders = new ConcurrentHashMap<Call, AtomicInteger>();
        var shared = new AtomicBoolean();
        var start = new CountDownLatch(1);
        List<Thread> all = new ArrayList<>();
        for (int i = 0; i < threads; i++) {
            all.add(builder.start(() -> {
                try {
                    start.await();
                } catch (InterruptedException e) {
                    return;
                }
                for (int round = 0; round < rounds; round++) {
                    Call call = pool.acquire();
                    var holding = holders.computeIfAbsent(call, _ -> new AtomicInteger());
                    if (holding.incrementAndGet() != 1) {
                        shared.set(true);
                    }
                    if (round % 16 == 0) {
                        LockSupport.parkNanos(1);
                    }
                    holding.decrementAndGet();
                    pool.release(call);
                }
            }));
        }
        start.countDown();
        for (Thread thread : all) {
            thread.join();
        }
        assertFalse(shared.get(), "a call was lent twice");
    }
}
