package io.github.iocp4j.internal.file;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

class TransmitTurnTest {
    private static final int MOST_BYTES = 1 << 20;
    private static final long SECOND = 1_000_000_000L;

    private final TransmitTurns turns = new TransmitTurns(1);
    private final TransmitTurn first = new TransmitTurn(turns, MOST_BYTES);
    private final TransmitTurn second = new TransmitTurn(turns, MOST_BYTES);

    @Test
    void thereAreNoMoreThanTheLimit() {
        assertTrue(first.tryTake(0));
        assertFalse(second.isFree());
        assertFalse(second.tryTake(0));
        first.give(1);
        assertTrue(second.tryTake(2));
    }

    /// Whoever waits has the next one, however eager the other is.
    @Test
    void turnIsLeftToOthersAfterEachPart() {
        assertTrue(first.tryTake(0));
        second.miss(true);
        for (int i = 0; i < 10; i++) {
            TransmitTurn had = i % 2 == 0 ? first : second;
            TransmitTurn waits = i % 2 == 0 ? second : first;
            had.give(i);
            assertFalse(had.isFree(), "it has had one, and another file waits");
            assertFalse(had.tryTake(i));
            assertTrue(waits.tryTake(i));
            had.miss(true);
        }
    }

    @Test
    void fileAloneKeepsItsTurn() {
        for (int i = 0; i < 3; i++) {
            assertTrue(first.tryTake(i));
            first.give(i);
        }
    }

    @Test
    void fileThatIsOverWaitsNoMoreAndGivesItsTurnBack() {
        assertTrue(first.tryTake(0));
        second.miss(true);
        second.end();
        first.give(0);
        assertTrue(first.tryTake(0), "nobody waits");
        first.end();
        assertFalse(first.isHeld());
        assertTrue(second.tryTake(0));
    }

    @Test
    void partsGrowWhileTheyAreFastAndShrinkWhenTheyAreSlow() {
        int bytes = first.partBytes(Long.MAX_VALUE);
        assertEquals(256 << 10, bytes);
        assertTrue(first.tryTake(0));
        first.give(SECOND / 4);
        assertEquals(2 * bytes, first.partBytes(Long.MAX_VALUE));
        for (int i = 0; i < 10; i++) {
            assertTrue(first.tryTake(0));
            first.give(1);
        }
        assertEquals(MOST_BYTES, first.partBytes(Long.MAX_VALUE));
        for (int i = 0; i < 10; i++) {
            assertTrue(first.tryTake(0));
            first.give(2 * SECOND);
        }
        assertEquals(64 << 10, first.partBytes(Long.MAX_VALUE));
        assertEquals(5, first.partBytes(5));
    }
}
