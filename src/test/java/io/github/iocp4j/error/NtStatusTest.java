package io.github.iocp4j.error;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import java.util.HashSet;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class NtStatusTest {
    @ParameterizedTest
    @CsvSource({
        "c0000120, STATUS_CANCELLED, 995, 995",
        "8000000a, STATUS_HANDLES_CLOSED, 995, 676",
        "c000020d, STATUS_CONNECTION_RESET, 10054, 64",
        "c000013c, STATUS_REMOTE_DISCONNECT, 10054, 64",
        "c000013b, STATUS_LOCAL_DISCONNECT, 10053, 64",
        "c0000241, STATUS_CONNECTION_ABORTED, 10053, 1236",
        "c00000c9, STATUS_NETWORK_NAME_DELETED, 10054, 64",
        "c0000236, STATUS_CONNECTION_REFUSED, 10061, 1225",
        "c00000b5, STATUS_IO_TIMEOUT, 10060, 121",
        "c000009a, STATUS_INSUFFICIENT_RESOURCES, 10055, 1450",
        "c00000a1, STATUS_WORKING_SET_QUOTA, 10055, 1453",
        "c000012d, STATUS_COMMITMENT_LIMIT, 10055, 1455",
        "c0000008, STATUS_INVALID_HANDLE, 10038, 6",
        "80000005, STATUS_BUFFER_OVERFLOW, 10040, 234",
        "c0000011, STATUS_END_OF_FILE, 10022, 38",
        "00000103, STATUS_PENDING, 997, 997",
    })
    void statusHasItsSymbolAndCodes(String status, String symbol, int winsock, int win32) {
        int value = Integer.parseUnsignedInt(status, 16);
        assertEquals(symbol, NtStatus.symbol(value));
        assertEquals(winsock, NtStatus.toWinsockError(value));
        assertEquals(win32, NtStatus.toWin32Error(value));
    }

    @Test
    void everySuccessIsZero() {
        // STATUS_RECEIVE_PARTIAL is in the table, the second is not.
        for (int status : new int[] {NtStatus.SUCCESS, 0x4000_000f, 0x4000_7777, 1}) {
            assertEquals(0, NtStatus.toWinsockError(status));
            assertEquals(0, NtStatus.toWin32Error(status));
        }
    }

    @Test
    void wrappedWin32CodeIsUnwrapped() {
        assertEquals(1234, NtStatus.toWinsockError(0xc007_04d2));
        assertEquals(1234, NtStatus.toWin32Error(0xc007_04d2));
    }

    @Test
    void unknownErrorIsNeverSuccess() {
        assertEquals(10022, NtStatus.toWinsockError(0xc000_7777));
        assertEquals(317, NtStatus.toWin32Error(0xc000_7777));
        assertEquals("", NtStatus.symbol(0xc000_7777));
    }

    @Test
    void everyStatusFindsItself() {
        int[] statuses = NtStatus.statuses();
        int[] sorted = statuses.clone();
        Arrays.sort(sorted);
        assertTrue(Arrays.equals(sorted, statuses), "the table is not sorted");
        Set<String> symbols = new HashSet<>();
        for (int status : statuses) {
            String hex = Integer.toHexString(status);
            assertTrue(symbols.add(NtStatus.symbol(status)), hex);
            // A symbol that the other table doesn't know would be -1.
            assertTrue(NtStatus.toWinsockError(status) >= 0, hex);
            assertTrue(NtStatus.toWin32Error(status) >= 0, hex);
            assertEquals(status >= 0 && status != 0x102 && status != 0x103, NtStatus.toWinsockError(status) == 0, hex);
        }
    }
}
