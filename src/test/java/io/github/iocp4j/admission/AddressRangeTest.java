package io.github.iocp4j.admission;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.net.InetAddress;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class AddressRangeTest {
    @ParameterizedTest
    @CsvSource({
        "192.0.2.7, 192.0.2.7",
        "192.0.2.7/32, 192.0.2.7",
        "192.0.2.7/24, 192.0.2.0/24",
        "255.255.255.255/1, 128.0.0.0/1",
        "0.0.0.0/0, 0.0.0.0/0",
        "2001:db8::7, 2001:db8:0:0:0:0:0:7",
        "2001:db8::7/32, 2001:db8:0:0:0:0:0:0/32",
        "2001:db8::7/127, 2001:db8:0:0:0:0:0:6/127",
        "2001:db8:0:1::/64, 2001:db8:0:1:0:0:0:0/64",
        "::/0, 0:0:0:0:0:0:0:0/0",
        "::1, 0:0:0:0:0:0:0:1",
        "::ffff:192.0.2.7, 192.0.2.7",
        "::ffff:192.0.2.7/120, 192.0.2.0/24",
        "::ffff:0:0/96, 0.0.0.0/0",
        "::ffff:0:0/95, 0:0:0:0:0:fffe:0:0/95"
    })
    void readsAddressesAndRangesAndShowsThemSoThatTheyCanBeReadAgain(String text, String shown) {
        AddressRange range = AddressRange.parse(text);
        assertEquals(shown, range.toString());
        assertEquals(range, AddressRange.parse(range.toString()));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "/",
                "/8",
                "localhost",
                "example.com",
                "10",
                "127.1",
                "3221226219",
                "1.2.3",
                "1.2.3.4.5",
                "1.2.3.256",
                "1.2.3.4/",
                "1.2.3.4/33",
                "1.2.3.4/-1",
                "1.2.3.4/+8",
                "1.2.3.4/8/8",
                "1.2.3.4/x",
                "::1/129",
                "[::1]",
                "fe80::1%1",
                "1.2.3.4:80",
                ":::",
                " 1.2.3.4",
                "1.2.3.4/99999999999"
            })
    void refusesAllElseWithoutAskingANameServer(String text) {
        IllegalArgumentException e = assertThrows(IllegalArgumentException.class, () -> AddressRange.parse(text));
        assertTrue(String.valueOf(e.getMessage()).contains("'" + text + "'"), e::toString);
    }

    @ParameterizedTest
    @CsvSource({
        "10.0.0.0/8, 10.255.255.255, true",
        "10.0.0.0/8, 11.0.0.0, false",
        "10.0.0.0/8, ::ffff:10.1.2.3, true",
        "::ffff:10.0.0.0/104, 10.1.2.3, true",
        "10.0.0.1, 10.0.0.1, true",
        "10.0.0.1, 10.0.0.2, false",
        "::a00:1, 10.0.0.1, false",
        "0.0.0.0/0, 2001:db8::1, false",
        "::/0, 10.0.0.1, true",
        "2001:db8::/33, 2001:db8:7fff::, true",
        "2001:db8::/33, 2001:db8:8000::, false",
        "2001:db8::/65, 2001:db8::8000:0:0:0, false",
        "2001:db8::/65, 2001:db8::7000:0:0:0, true"
    })
    void knowsWhatItContains(String range, String address, boolean contained) {
        assertEquals(contained, AddressRange.parse(range).contains(InetAddress.ofLiteral(address)));
    }

    @Test
    void peersOfIpv6AreSitesAndThoseOfIpv4AreAddresses() {
        assertEquals(peer("2001:db8::1"), peer("2001:db8:0:0:ffff::"));
        assertNotEquals(peer("2001:db8::1"), peer("2001:db8:0:1::1"));
        assertNotEquals(peer("192.0.2.1"), peer("192.0.2.2"));
        assertEquals(peer("192.0.2.1"), AddressRange.parse("::ffff:192.0.2.1"));
        assertFalse(peer("::1").contains(InetAddress.ofLiteral("::2")));
    }

    @Test
    void bitsOutOfRangeAreRefused() {
        assertThrows(IllegalArgumentException.class, () -> new AddressRange(0, 0, 129));
        assertThrows(IllegalArgumentException.class, () -> new AddressRange(0, 0, -1));
        assertEquals(new AddressRange(0, 0, 0), new AddressRange(-1, -1, 0));
    }

    private static AddressRange peer(String address) {
        return AddressRange.peer(InetAddress.ofLiteral(address));
    }
}
