package io.github.iocp4j.internal.concurrent;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;

class IndexedPoolTest {
    private final AtomicInteger made = new AtomicInteger();
    private final AtomicInteger discarded = new AtomicInteger();

    private record Item(int index, AtomicReference<Thread> owner) {}

    private IndexedPool<Item> pool(int capacity, int keepFree) {
        return new IndexedPool<>(
                capacity,
                keepFree,
                index -> {
                    made.incrementAndGet();
                    return new Item(index, new AtomicReference<>());
                },
                item -> discarded.incrementAndGet());
    }

    @Test
    void lendsAtMostItsCapacity() {
        IndexedPool<Item> pool = pool(2, 2);
        assertNotNull(pool.take());
        assertNotNull(pool.take());
        assertNull(pool.take());
        assertEquals(2, pool.taken());
    }

    @Test
    void lendsAgainWhatCameBack() {
        IndexedPool<Item> pool = pool(4, 4);
        Item first = pool.take();
        pool.give(first.index());
        assertSame(first, pool.take());
        assertEquals(1, made.get());
    }

    @Test
    void discardsWhatIsAboveTheCap() {
        IndexedPool<Item> pool = pool(4, 1);
        Item one = pool.take();
        Item two = pool.take();
        pool.give(one.index());
        pool.give(two.index());
        assertEquals(1, discarded.get());
        assertNull(pool.get(two.index()));
        assertNotNull(pool.take());
        assertNotNull(pool.take());
    }

    @Test
    void keepsNoneWhenAskedTo() {
        IndexedPool<Item> pool = pool(1, 0);
        for (int i = 0; i < 3; i++) {
            pool.give(pool.take().index());
        }
        assertEquals(3, made.get());
        assertEquals(3, discarded.get());
        assertFalse(pool.discardFree());
    }

    @Test
    void forgetsWhatItsFactoryCouldNotMake() {
        IndexedPool<Item> pool = new IndexedPool<>(
                1,
                1,
                index -> made.getAndIncrement() == 0 ? null : new Item(index, new AtomicReference<>()),
                item -> {});
        assertNull(pool.take());
        assertNotNull(pool.take());
    }

    @Test
    void lendsNothingTwiceToThreadsThatRace() throws InterruptedException {
        IndexedPool<Item> pool = pool(3, 2);
        AtomicInteger wrong = new AtomicInteger();
        List<Thread> threads = new ArrayList<>();
        for (int i = 0; i < 4; i++) {
            threads.add(Thread.ofPlatform().start(() -> {
                for (int k = 0; k < 50_000; k++) {
                    Item item = pool.take();
                    if (item == null) {
                        continue;
                    }
                    if (!item.owner().compareAndSet(null, Thread.currentThread())) {
                        wrong.incrementAndGet();
                    }
                    item.owner().set(null);
                    pool.give(item.index());
                }
            }));
        }
        for (Thread thread : threads) {
            thread.join();
        }
        assertEquals(0, wrong.get());
        assertEquals(0, pool.taken());
        assertTrue(made.get() - discarded.get() <= 2);
    }
}
