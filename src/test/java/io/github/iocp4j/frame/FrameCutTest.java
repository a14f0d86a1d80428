package io.github.iocp4j.frame;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

class FrameCutTest {
    private final FrameCut cut = new FrameCut(100);

    @Test
    void keepsWhatIsSaid() {
        cut.header(1).payload(2).trailer(3).end();
        assertEquals(1, cut.headerBytes());
        assertEquals(2, cut.payloadBytes());
        assertEquals(3, cut.trailerBytes());
        assertTrue(cut.isEnd());
        assertFalse(cut.isEmpty());
        assertNull(cut.malformation());
        assertEquals(100, cut.maxFrameBytes());
    }

    @Test
    void isEmptyAsLongAsNoByteIsSpokenOf() {
        assertTrue(cut.isEmpty());
        cut.header(0).payload(0).trailer(0);
        assertTrue(cut.isEmpty());
        cut.trailer(1);
        assertFalse(cut.isEmpty());
    }

    @Test
    void isEmptyAgainWhenItIsCleared() {
        cut.header(1).payload(2).trailer(3).end();
        cut.malformed("so");
        assertEquals("so", cut.malformation());
        cut.clear();
        assertTrue(cut.isEmpty());
        assertFalse(cut.isEnd());
        assertNull(cut.malformation());
    }

    @Test
    void refusesToGoBack() {
        assertThrows(IllegalArgumentException.class, () -> cut.header(-1));
        assertThrows(IllegalArgumentException.class, () -> cut.payload(-1));
        assertThrows(IllegalArgumentException.class, () -> cut.trailer(Long.MIN_VALUE));
        assertTrue(cut.isEmpty());
    }
}
