package io.github.iocp4j.bench.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class HostPortTest {
    @ParameterizedTest
    @CsvSource({
        "localhost:9000, localhost, 9000",
        "127.0.0.1:1, 127.0.0.1, 1",
        "[::1]:65535, ::1, 65535",
        "[fe80::1%3]:80, fe80::1%3, 80"
    })
    void readsNamesAndAddresses(String text, String host, int port) {
        HostPort parsed = HostPort.parse(text);
        assertEquals(new HostPort(host, port), parsed);
        assertEquals(text, parsed.toString());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "localhost",
                ":9000",
                " :9000",
                "[]:9000",
                "::1:9000",
                "[::1]",
                "[::1:9000",
                "::1]:9000",
                "a:",
                "a:0",
                "a:-1",
                "a:65536",
                "a:x",
                "a:1.5"
            })
    void refusesWhatIsNone(String text) {
        assertThrows(IllegalArgumentException.class, () -> HostPort.parse(text));
    }

    @Test
    void putsIpv6IntoBrackets() {
        InetSocketAddress ipv6 = new InetSocketAddress(InetAddress.ofLiteral("::1"), 9000);
        assertEquals("[0:0:0:0:0:0:0:1]:9000", HostPort.text(ipv6));
        assertEquals("127.0.0.1:9000", HostPort.text(new InetSocketAddress(InetAddress.ofLiteral("127.0.0.1"), 9000)));
    }
}
