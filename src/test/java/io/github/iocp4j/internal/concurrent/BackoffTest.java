package io.github.iocp4j.internal.concurrent;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.api.Test;

class BackoffTest {
    private static final long MILLI = 1_000_000;

    @Test
    void doublesFromTenMillisecondsToASecond() {
        Backoff backoff = new Backoff();
        for (long millis : new long[] {10, 20, 40, 80, 160, 320, 640, 1000, 1000, 1000}) {
            assertEquals(millis * MILLI, backoff.nextNanos());
        }
    }

    @Test
    void beginsAnewAfterASuccess() {
        Backoff backoff = new Backoff();
        for (int i = 0; i < 100; i++) {
            long _ = backoff.nextNanos();
        }
        backoff.reset();
        assertEquals(10 * MILLI, backoff.nextNanos());
        assertEquals(20 * MILLI, backoff.nextNanos());
    }
}
