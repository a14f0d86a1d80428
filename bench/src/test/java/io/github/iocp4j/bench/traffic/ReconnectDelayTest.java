package io.github.iocp4j.bench.traffic;

import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.HashSet;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;

class ReconnectDelayTest {
    @Test
    void doublesFromHalfASecondToHalfAMinute() {
        ReconnectDelay delay = new ReconnectDelay(new Random(1));
        for (int round = 0; round < 3; round++) {
            for (long most : new long[] {500, 1_000, 2_000, 4_000, 8_000, 16_000, 30_000, 30_000}) {
                long millis = delay.next().toMillis();
                assertTrue(millis <= most && millis >= most - most / 4, millis + " of " + most);
            }
            delay.reset();
        }
    }

    @Test
    void differsFromClientToClient() {
        Set<Long> seen = new HashSet<>();
        for (int i = 0; i < 20; i++) {
            seen.add(new ReconnectDelay(new Random(i)).next().toMillis());
        }
        assertTrue(seen.size() > 10, seen::toString);
    }
}
