package io.github.iocp4j;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class PostedPacketsTest {
    private final PostedPackets packets = new PostedPackets();

    @Test
    void packetsComeInOrderRoundAndRound() {
        int next = 0;
        for (int i = 0; i < 1_000; i++) {
            assertTrue(packets.offer(2 * i));
            assertTrue(packets.offer(2 * i + 1));
            assertEquals(next++, packets.poll());
            assertEquals(next++, packets.poll());
        }
        assertNull(packets.poll());
        assertFalse(packets.hasNext());
    }

    @Test
    void oneMoreThanFitsIsRefusedUntilThereIsRoom() {
        for (int i = 0; i < PostedPackets.CAPACITY; i++) {
            assertTrue(packets.offer(i));
        }
        assertFalse(packets.offer("one more"));
        assertEquals(0, packets.poll());
        assertTrue(packets.offer("now"));
    }

    @Test
    void closedRingGivesOutWhatItHasAndTakesNothing() {
        packets.offer("a");
        packets.offer("b");
        assertEquals("a", packets.pollLast());
        assertFalse(packets.offer("c"));
        assertEquals("b", packets.pollLast());
        assertNull(packets.pollLast());
        packets.reset();
        assertTrue(packets.offer("d"));
        assertEquals("d", packets.poll());
    }

    /// Real threads: between taking a number and filling its place a simulated one can't be interrupted.
    @Test
    void whateverWasTakenComesOutHoweverTheEndComesBetween() throws Exception {
        int producers = 3;
        for (int round = 0; round < 3_000; round++) {
            PostedPackets ring = new PostedPackets();
            CyclicBarrier start = new CyclicBarrier(producers + 1);
            AtomicInteger taken = new AtomicInteger();
            List<Thread> threads = new ArrayList<>();
            for (int i = 0; i < producers; i++) {
                threads.add(Thread.ofVirtual().start(() -> {
                    try {
                        start.await();
                    } catch (Exception e) {
                        throw new AssertionError(e);
                    }
                    for (int n = 0; n < 10; n++) {
                        taken.addAndGet(ring.offer(n) ? 1 : 0);
                    }
                }));
            }
            start.await();
            int came = ring.poll() == null ? 0 : 1;
            for (Object last = ring.pollLast(); last != null; last = ring.pollLast()) {
                came++;
            }
            for (Thread thread : threads) {
                assertTrue(thread.join(Duration.ofSeconds(30)), "the producers end");
            }
            assertEquals(taken.get(), came, "packets that were taken, and that came");
        }
    }
}
