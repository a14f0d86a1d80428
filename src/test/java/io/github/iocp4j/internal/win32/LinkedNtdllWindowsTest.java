package io.github.iocp4j.internal.win32;

import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

class LinkedNtdllWindowsTest {
    private final Ntdll ntdll = new LinkedNtdll();

    @Test
    void tellsTheVersionOfWindows() {
        String version = ntdll.RtlGetVersion();
        assertTrue(version.matches("\\d+\\.\\d+\\.\\d+"), version);
    }

    @Test
    void tellsTheVersionOfWineIfThereIsOne() {
        String version = ntdll.wine_get_version();
        assertTrue(version.isEmpty() || version.matches("\\d+\\.\\d.*"), version);
    }
}
