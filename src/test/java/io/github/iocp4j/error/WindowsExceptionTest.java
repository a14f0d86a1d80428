package io.github.iocp4j.error;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.ObjectInputStream;
import java.io.ObjectOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;

class WindowsExceptionTest {
    @Test
    void namesCallSymbolAndCode() {
        var exception = new WindowsException("CloseHandle", 31);
        assertEquals("CloseHandle: ERROR_GEN_FAILURE (31)", exception.getMessage());
        assertEquals("CloseHandle", exception.call());
        assertEquals("ERROR_GEN_FAILURE", exception.symbol());
        assertEquals(31, exception.code());
    }

    @Test
    void namesSocketCodesAsWinsockDoes() {
        assertEquals("WSA_OPERATION_ABORTED", new WinsockException("WSARecv", 995).symbol());
        assertEquals("ERROR_OPERATION_ABORTED", new WindowsException("ReadFile", 995).symbol());
    }

    @Test
    void saysWhatOneCanDo() {
        assertEquals(
                "CreateIoCompletionPort: ERROR_INVALID_PARAMETER (87): the handle has a port already, or was not "
                        + "opened for overlapped I/O",
                new WindowsException("CreateIoCompletionPort", 87).getMessage());
        assertEquals(
                "bind: WSAEADDRINUSE (10048): another program listens on this port: stop it, or choose another port",
                new WinsockException("bind", 10048).getMessage());
        String excluded = new WinsockException("bind", 10013).getMessage();
        assertTrue(excluded.contains("excludedportrange"), excluded);
    }

    @Test
    void adviceBelongsToTheCall() {
        assertEquals("WSAIoctl: ERROR_INVALID_PARAMETER (87)", new WindowsException("WSAIoctl", 87).getMessage());
        String connect = new WinsockException("ConnectEx", 10048).getMessage();
        assertTrue(connect.contains("client ports"), connect);
    }

    @Test
    void unknownCodeStandsAlone() {
        var exception = new WindowsException("CloseHandle", 54321);
        assertEquals("CloseHandle: error 54321", exception.getMessage());
        assertEquals("", exception.symbol());
    }

    @Test
    @DisabledOnOs(OS.WINDOWS)
    void hasNoSystemTextOnOtherSystems() {
        assertEquals("", new WindowsException("CloseHandle", 6).systemText());
    }

    @Test
    void survivesSerialization() throws IOException, ClassNotFoundException {
        var bytes = new ByteArrayOutputStream();
        try (var out = new ObjectOutputStream(bytes)) {
            out.writeObject(new WinsockException("WSARecv", 10054));
        }
        try (var in = new ObjectInputStream(new ByteArrayInputStream(bytes.toByteArray()))) {
            var copy = (WinsockException) in.readObject();
            assertEquals("WSARecv", copy.call());
            assertEquals(10054, copy.code());
            assertEquals("WSAECONNRESET", copy.symbol());
        }
    }
}
