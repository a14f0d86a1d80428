package io.github.iocp4j.bench.traffic;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PatternsTest {
    private static final int OFFSET = 3;

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 7, 8, 9, 64, 1001})
    void findEveryChangedByte(int length) {
        byte[] payload = new byte[OFFSET + length + 2];
        Patterns.fill(payload, OFFSET, length, 5, 6);
        assertTrue(Patterns.matches(payload, OFFSET, length, 5, 6));
        for (int i = 0; i < payload.length; i++) {
            payload[i] ^= 0x10;
            boolean inside = i >= OFFSET && i < OFFSET + length;
            assertTrue(inside != Patterns.matches(payload, OFFSET, length, 5, 6));
            payload[i] ^= 0x10;
        }
    }

    @Test
    void differByNumberAndBySeed() {
        byte[] payload = new byte[64];
        Patterns.fill(payload, 0, 64, 5, 6);
        assertFalse(Patterns.matches(payload, 0, 64, 5, 7));
        assertFalse(Patterns.matches(payload, 0, 64, 6, 6));
        assertFalse(Patterns.matches(payload, 0, 64, 6, 5));
    }

    @Test
    void touchNothingAroundThem() {
        byte[] payload = new byte[20];
        Patterns.fill(payload, 4, 11, 1, 1);
        for (int i : new int[] {0, 1, 2, 3, 15, 16, 17, 18, 19}) {
            assertTrue(payload[i] == 0);
        }
    }
}
