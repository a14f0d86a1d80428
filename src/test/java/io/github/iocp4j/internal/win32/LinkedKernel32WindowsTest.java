package io.github.iocp4j.internal.win32;

import static org.junit.jupiter.api.Assertions.assertAll;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.iocp4j.internal.bindings.OVERLAPPED_ENTRY;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class LinkedKernel32WindowsTest {
    private static final int ENTRIES = 8;

    private final Kernel32 kernel32 = new LinkedKernel32();
    private final Call call = new Call(Arena.global());
    private final MemorySegment entries = OVERLAPPED_ENTRY.allocateArray(ENTRIES, Arena.global());
    private long port;

    @BeforeEach
    void openPort() {
        port = kernel32.CreateIoCompletionPort(call, Win32.INVALID_HANDLE_VALUE, 0, 0, 0);
        assertTrue(port > 0, () -> "CreateIoCompletionPort: " + port);
    }

    @AfterEach
    void closePort() {
        kernel32.CloseHandle(call, port);
    }

    @Test
    void takesOnePostedPacket() {
        assertEquals(0, kernel32.PostQueuedCompletionStatus(call, port, 5, 77, 4096));
        assertEquals(1, kernel32.GetQueuedCompletionStatus(call, port, entries.address(), 1000));
        assertEntry(0, 5, 77, 4096);
    }

    @Test
    void takesSeveralPostedPacketsInTheirOrder() {
        for (int i = 0; i < 3; i++) {
            assertEquals(0, kernel32.PostQueuedCompletionStatus(call, port, i, 10 + i, 4096L * i));
        }
        int taken = 0;
        while (taken < 3) {
            long entry = entries.address() + taken * OVERLAPPED_ENTRY.sizeof();
            int count = kernel32.GetQueuedCompletionStatusEx(call, port, entry, ENTRIES - taken, 1000);
            assertTrue(count > 0, "GetQueuedCompletionStatusEx: " + count);
            taken += count;
        }
        assertEquals(3, taken);
        for (int i = 0; i < 3; i++) {
            assertEntry(i, i, 10 + i, 4096L * i);
        }
    }

    @Test
    void takesNoMoreThanAsked() {
        for (int i = 0; i < 3; i++) {
            kernel32.PostQueuedCompletionStatus(call, port, 0, i, 0);
        }
        assertEquals(2, kernel32.GetQueuedCompletionStatusEx(call, port, entries.address(), 2, 1000));
        assertEquals(1, kernel32.GetQueuedCompletionStatusEx(call, port, entries.address(), 2, 1000));
    }

    @Test
    void keepsEveryBitOfAPacket() {
        assertEquals(0, kernel32.PostQueuedCompletionStatus(call, port, -2, Long.MIN_VALUE, -8));
        assertEquals(1, kernel32.GetQueuedCompletionStatusEx(call, port, entries.address(), ENTRIES, 1000));
        assertEntry(0, -2, Long.MIN_VALUE, -8);
    }

    @Test
    void takesAPacketWithoutOverlapped() {
        assertEquals(0, kernel32.PostQueuedCompletionStatus(call, port, 0, 3, 0));
        assertEquals(1, kernel32.GetQueuedCompletionStatus(call, port, entries.address(), 1000));
        assertEntry(0, 0, 3, 0);
    }

    @Test
    void saysThatNoPacketCameInTime() {
        OVERLAPPED_ENTRY.lpOverlapped(entries, 4096);
        long start = System.nanoTime();
        assertEquals(-Win32.WAIT_TIMEOUT, kernel32.GetQueuedCompletionStatus(call, port, entries.address(), 30));
        assertEquals(
                -Win32.WAIT_TIMEOUT, kernel32.GetQueuedCompletionStatusEx(call, port, entries.address(), ENTRIES, 30));
        assertTrue(TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - start) >= 40, "both waited");
        assertEquals(0, OVERLAPPED_ENTRY.lpOverlapped(entries), "what an earlier packet left is no packet");
    }

    @Test
    void everyCallGivesItsOwnCode() {
        long bad = 0x7ffffff0;
        assertAll(
                () -> assertEquals(-Win32.ERROR_INVALID_HANDLE, kernel32.CreateIoCompletionPort(call, bad, port, 0, 0)),
                () -> assertEquals(
                        -Win32.ERROR_INVALID_HANDLE,
                        kernel32.GetQueuedCompletionStatus(call, bad, entries.address(), 0)),
                () -> assertEquals(
                        -Win32.ERROR_INVALID_HANDLE,
                        kernel32.GetQueuedCompletionStatusEx(call, bad, entries.address(), 1, 0)),
                () -> assertEquals(
                        -Win32.ERROR_INVALID_HANDLE, kernel32.PostQueuedCompletionStatus(call, bad, 0, 0, 0)),
                () -> assertEquals(-Win32.ERROR_INVALID_HANDLE, kernel32.CloseHandle(call, bad)),
                () -> assertEquals(-Win32.ERROR_INVALID_HANDLE, kernel32.CancelIoEx(call, bad, 0)),
                () -> assertTrue(
                        kernel32.SetFileCompletionNotificationModes(call, bad, Win32.FILE_SKIP_SET_EVENT_ON_HANDLE)
                                < 0));
    }

    @Test
    void knowsTheTextOfACode() {
        String text = kernel32.FormatMessageW(Win32.ERROR_INVALID_HANDLE);
        assertEquals(text.strip(), text);
        assertTrue(!text.isEmpty());
        assertEquals("", kernel32.FormatMessageW(0x1234_5678));
    }

    private void assertEntry(int index, int bytes, long key, long overlapped) {
        MemorySegment entry = OVERLAPPED_ENTRY.asSlice(entries, index);
        assertEquals(bytes, OVERLAPPED_ENTRY.dwNumberOfBytesTransferred(entry), "bytes");
        assertEquals(key, OVERLAPPED_ENTRY.lpCompletionKey(entry), "key");
        assertEquals(overlapped, OVERLAPPED_ENTRY.lpOverlapped(entry), "overlapped");
    }
}
