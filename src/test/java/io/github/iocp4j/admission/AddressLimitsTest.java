package io.github.iocp4j.admission;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.net.InetAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class AddressLimitsTest {
    private static final InetAddress ONE = InetAddress.ofLiteral("192.0.2.1");
    private static final InetAddress TWO = InetAddress.ofLiteral("192.0.2.2");

    private final AtomicLong clock = new AtomicLong(Long.MAX_VALUE - 100);

    @Test
    void eachAddressHasItsOwnNumberOfConnections() {
        AddressLimits limits = limits(AdmissionOptions.DEFAULT.withMostPerAddress(2));
        assertNull(limits.enter(ONE));
        assertNull(limits.enter(ONE));
        assertEquals(Refusal.PER_ADDRESS, limits.enter(ONE));
        assertNull(limits.enter(TWO));
        limits.leave(ONE);
        assertNull(limits.enter(InetAddress.ofLiteral("::ffff:192.0.2.1")));
        assertEquals(Refusal.PER_ADDRESS, limits.enter(ONE));
    }

    @Test
    void addressesOfOneIpv6SiteCountTogether() {
        AddressLimits limits = limits(AdmissionOptions.DEFAULT.withMostPerAddress(1));
        assertNull(limits.enter(InetAddress.ofLiteral("2001:db8::1")));
        assertEquals(Refusal.PER_ADDRESS, limits.enter(InetAddress.ofLiteral("2001:db8::ffff:2")));
        assertNull(limits.enter(InetAddress.ofLiteral("2001:db8:0:1::1")));
    }

    @Test
    void bucketHasItsBurstAndFillsWithTime() {
        AddressLimits limits = limits(AdmissionOptions.DEFAULT.withAcceptsPerSecond(10, 3));
        for (int i = 0; i < 3; i++) {
            assertNull(limits.enter(ONE));
        }
        assertEquals(Refusal.RATE, limits.enter(ONE));
        assertNull(limits.enter(TWO));
        advance(Duration.ofMillis(99));
        assertEquals(Refusal.RATE, limits.enter(ONE));
        advance(Duration.ofMillis(1));
        assertNull(limits.enter(ONE));
        assertEquals(Refusal.RATE, limits.enter(ONE));
        advance(Duration.ofDays(1));
        for (int i = 0; i < 3; i++) {
            assertNull(limits.enter(ONE));
        }
        assertEquals(Refusal.RATE, limits.enter(ONE));
    }

    @Test
    void addressThatSaysNothingAnyMoreGivesUpItsPlace() {
        AddressLimits limits = limits(AdmissionOptions.DEFAULT.withMostPerAddress(2));
        assertNull(limits.enter(ONE));
        assertNull(limits.enter(ONE));
        assertEquals(1, limits.size());
        limits.leave(ONE);
        assertEquals(1, limits.size());
        limits.leave(ONE);
        assertEquals(0, limits.size());
    }

    @Test
    void tableIsBoundedAndMakesRoomWhenTheBucketsAreFull() {
        AddressLimits limits = limits(AdmissionOptions.DEFAULT.withAcceptsPerSecond(1, 1));
        int most = AddressLimits.SPARE + 10;
        for (int i = 0; i < most; i++) {
            assertNull(limits.enter(address(i)));
            limits.leave(address(i));
        }
        assertEquals(most, limits.size());
        assertEquals(Refusal.RATE, limits.enter(ONE));
        advance(Duration.ofSeconds(2));
        assertNull(limits.enter(ONE));
        assertEquals(1, limits.size());
    }

    @Test
    void threadsNeverAdmitMoreThanTheLimit() throws InterruptedException {
        AddressLimits limits = limits(AdmissionOptions.DEFAULT.withMostPerAddress(3));
        AtomicInteger inside = new AtomicInteger();
        AtomicInteger most = new AtomicInteger();
        List<Thread> threads = new ArrayList<>();
        for (int i = 0; i < 4; i++) {
            threads.add(Thread.ofPlatform().start(() -> {
                for (int round = 0; round < 50_000; round++) {
                    if (limits.enter(ONE) == null) {
                        most.accumulateAndGet(inside.incrementAndGet(), Math::max);
                        inside.getAndDecrement();
                        limits.leave(ONE);
                    }
                }
            }));
        }
        for (Thread thread : threads) {
            assertTrue(thread.join(Duration.ofSeconds(60)), "the threads end");
        }
        assertTrue(most.get() <= 3, () -> most + " at once");
        assertEquals(0, limits.size());
    }

    @Test
    void withoutLimitsNothingIsKept() {
        AddressLimits limits = limits(AdmissionOptions.DEFAULT);
        assertNull(limits.enter(ONE));
        assertEquals(0, limits.size());
        limits.leave(ONE);
    }

    private AddressLimits limits(AdmissionOptions options) {
        return new AddressLimits(options, 10, clock::get);
    }

    private static InetAddress address(int number) {
        return InetAddress.ofLiteral("10." + (number >> 16) + "." + ((number >> 8) & 0xff) + "." + (number & 0xff));
    }

    private void advance(Duration time) {
        clock.addAndGet(time.toNanos());
    }
}
