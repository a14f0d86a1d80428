package io.github.iocp4j.admission;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.net.InetAddress;
import java.time.Duration;
import java.util.Random;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class BanListTest {
    /// A clock whose sign changes on the way, as that of System.nanoTime may.
    private final AtomicLong clock = new AtomicLong(Long.MAX_VALUE - 1_000_000_000L);

    private final BanList list = new BanList(4, clock::get);

    @Test
    void bansAddressesAndRangesUntilUnbanned() {
        assertFalse(isBanned("192.0.2.7"));
        assertTrue(list.ban(AddressRange.parse("192.0.2.7")));
        assertTrue(list.ban(AddressRange.parse("10.0.0.0/8")));
        assertTrue(list.ban(AddressRange.parse("2001:db8::/32")));
        for (String each : new String[] {"192.0.2.7", "10.9.9.9", "2001:db8:5::1", "::ffff:10.0.0.1"}) {
            assertTrue(isBanned(each), each);
        }
        for (String each : new String[] {"192.0.2.8", "11.0.0.0", "2001:db9::", "::1"}) {
            assertFalse(isBanned(each), each);
        }
        assertFalse(list.unban(AddressRange.parse("10.0.0.0/9")), "only exactly this range");
        assertTrue(list.unban(AddressRange.parse("10.0.0.0/8")));
        assertFalse(list.unban(AddressRange.parse("10.0.0.0/8")));
        assertFalse(isBanned("10.9.9.9"));
        assertEquals(2, list.entries().size());
        list.clear();
        assertEquals(0, list.size());
        assertFalse(isBanned("192.0.2.7"));
    }

    @Test
    void banRunsOutByTheClock() {
        AddressRange range = AddressRange.parse("192.0.2.7");
        list.ban(range, Duration.ofSeconds(10));
        advance(Duration.ofSeconds(10).minusNanos(1));
        assertTrue(isBanned("192.0.2.7"));
        assertEquals(Duration.ofNanos(1), list.entries().getFirst().left());
        advance(Duration.ofNanos(1));
        assertFalse(isBanned("192.0.2.7"));
        assertEquals(0, list.entries().size());
        assertFalse(list.unban(range), "it has run out");
    }

    @Test
    void longerOfTwoBansHolds() {
        AddressRange range = AddressRange.parse("192.0.2.7");
        list.ban(range, Duration.ofSeconds(10));
        list.ban(range, Duration.ofSeconds(1));
        advance(Duration.ofSeconds(5));
        assertTrue(isBanned("192.0.2.7"));
        list.ban(range);
        list.ban(range, Duration.ofSeconds(1));
        advance(Duration.ofDays(1000));
        assertTrue(isBanned("192.0.2.7"));
        assertEquals(1, list.size());
    }

    @Test
    void veryLongTimeIsTaken() {
        list.ban(AddressRange.parse("192.0.2.7"), Duration.ofSeconds(Long.MAX_VALUE));
        advance(Duration.ofDays(10_000));
        assertTrue(isBanned("192.0.2.7"));
    }

    @Test
    void fullListKeepsWhoIsInAndMakesRoomOfWhatHasRunOut() {
        for (int i = 0; i < 3; i++) {
            assertTrue(list.ban(AddressRange.parse("192.0.2." + i)));
        }
        assertTrue(list.ban(AddressRange.parse("192.0.2.3"), Duration.ofSeconds(1)));
        assertFalse(list.ban(AddressRange.parse("192.0.2.4")));
        assertTrue(list.ban(AddressRange.parse("192.0.2.0"), Duration.ofSeconds(1)), "it is in already");
        assertEquals(1, list.refused());
        assertTrue(isBanned("192.0.2.3"));
        advance(Duration.ofSeconds(2));
        assertTrue(list.ban(AddressRange.parse("192.0.2.4")));
        assertEquals(4, list.size());
    }

    @Test
    void timeThatIsNoneIsRefused() {
        AddressRange range = AddressRange.parse("192.0.2.7");
        assertThrows(IllegalArgumentException.class, () -> list.ban(range, Duration.ZERO));
        assertThrows(IllegalArgumentException.class, () -> list.ban(range, Duration.ofSeconds(-1)));
        assertThrows(IllegalArgumentException.class, () -> new BanList(-1, clock::get));
    }

    /// Against a list that is looked through from its beginning to its end.
    @Test
    void agreesWithALinearList() {
        Random random = new Random(7);
        BanList many = new BanList(1000, clock::get);
        for (int i = 0; i < 300; i++) {
            many.ban(AddressRange.of(address(random), random.nextInt(96, 129)));
        }
        var ranges = many.entries().stream().map(BanList.Ban::range).toList();
        int banned = 0;
        for (int i = 0; i < 20_000; i++) {
            InetAddress address = address(random);
            boolean expected = ranges.stream().anyMatch(each -> each.contains(address));
            assertEquals(expected, many.isBanned(address), address::toString);
            banned += expected ? 1 : 0;
        }
        assertTrue(banned > 0);
        ranges.forEach(each -> assertTrue(many.unban(each)));
        assertFalse(many.isBanned(InetAddress.ofLiteral("10.0.0.1")));
    }

    private static InetAddress address(Random random) {
        return InetAddress.ofLiteral("10.0." + random.nextInt(8) + "." + random.nextInt(256));
    }

    private boolean isBanned(String address) {
        return list.isBanned(InetAddress.ofLiteral(address));
    }

    private void advance(Duration time) {
        clock.addAndGet(time.toNanos());
    }
}
