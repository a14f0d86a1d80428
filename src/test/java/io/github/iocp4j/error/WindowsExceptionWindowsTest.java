package io.github.iocp4j.error;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import org.junit.jupiter.api.Test;

class WindowsExceptionWindowsTest {
    @Test
    void hasTheTextOfTheSystem() {
        String text = new WindowsException("CloseHandle", 6).systemText();
        assertFalse(text.isEmpty());
        assertFalse(text.contains("\n"));
    }

    @Test
    void hasNoTextForAnUnknownCode() {
        assertEquals("", new WindowsException("CloseHandle", 0x1234_5678).systemText());
    }
}
