package io.github.iocp4j.admission;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;

class AdmissionOptionsTest {
    private static final AdmissionOptions ANY = AdmissionOptions.DEFAULT;

    @Test
    void namesTheOptionTheValueAndTheRange() {
        expect("mostBans=-1: must be 0 to 1048576", () -> ANY.withMostBans(-1));
        expect("mostPerAddress=-1: must be 0 to 1048576", () -> ANY.withMostPerAddress(-1));
        expect("acceptsPerSecond=1048577: must be 0 to 1048576", () -> ANY.withAcceptsPerSecond(1_048_577, 1));
        expect("acceptBurst=0: must be 1 to 1048576", () -> ANY.withAcceptsPerSecond(1, 0));
        expect("banMalformed=PT-1S: must be", () -> ANY.withBanMalformed(Duration.ofSeconds(-1)));
        expect("firstDataTimeout=PT0.000001S: must be", () -> ANY.withFirstDataTimeout(Duration.ofNanos(1_000)));
        expect(
                "banned: 2 ranges are more than mostBans=1",
                () -> ANY.withMostBans(1).withBanned(AddressRange.parse("10.0.0.1"), AddressRange.parse("10.0.0.2")));
    }

    @Test
    void eachWitherChangesOneThing() {
        AcceptFilter filter = (_, _) -> true;
        AddressRange range = AddressRange.parse("10.0.0.0/8");
        AdmissionOptions all = ANY.withBanned(range)
                .withBanned(range)
                .withMostBans(7)
                .withMostPerAddress(6)
                .withAcceptsPerSecond(5, 4)
                .withFilter(filter)
                .withBanMalformed(Duration.ofSeconds(3))
                .withFirstDataTimeout(Duration.ofSeconds(2))
                .withAcceptWithData(true);
        assertEquals(
                new AdmissionOptions(
                        List.of(range), 7, 6, 5, 4, filter, Duration.ofSeconds(3), Duration.ofSeconds(2), true),
                all);
    }

    private static void expect(String message, Executable options) {
        IllegalArgumentException e = assertThrows(IllegalArgumentException.class, options);
        assertTrue(String.valueOf(e.getMessage()).startsWith(message), e::toString);
    }
}
