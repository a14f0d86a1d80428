package io.github.iocp4j.net;

import static org.junit.jupiter.api.Assertions.assertDoesNotThrow;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class TcpOptionsRangesTest {
    private static final TcpOptions SOME = TcpOptions.DEFAULT;

    private static Arguments bad(String message, Executable made) {
        return Arguments.of(message, made);
    }

    static Stream<Arguments> badValues() {
        return Stream.of(
                bad("keepAliveIdleSeconds=0: must be 1 to 86400", () -> SOME.withKeepAlive(0, 1, 1)),
                bad("keepAliveIdleSeconds=86401", () -> SOME.withKeepAlive(86_401, 1, 1)),
                bad("keepAliveIntervalSeconds=-2", () -> SOME.withKeepAlive(1, -2, 1)),
                bad("keepAliveCount=256: must be 1 to 255", () -> SOME.withKeepAlive(1, 1, 256)),
                bad("sendBufferBytes=-2: must be 0 to", () -> SOME.withSendBufferBytes(-2)),
                bad("receiveBufferBytes=0: must be 1 to", () -> SOME.withReceiveBufferBytes(0)),
                bad("backlog=0: must be 1 or more", () -> new ListenOptions(0, 1, false)),
                bad("pendingAccepts=0: must be 1 or more", () -> new ListenOptions(1, 0, false)));
    }

    @ParameterizedTest
    @MethodSource("badValues")
    void namesTheOptionTheValueAndTheRange(String message, Executable made) {
        String text = assertThrows(IllegalArgumentException.class, made).getMessage();
        assertTrue(text.startsWith(message), text);
    }

    @Test
    void takesTheSystemsDefaultForEachNumber() {
        int unset = TcpOptions.SYSTEM_DEFAULT;
        assertDoesNotThrow(() -> new TcpOptions(false, true, unset, unset, unset, unset, unset));
        assertEquals(SOME, SOME.withKeepAlive(1, 2, 3).withKeepAlive(false));
        assertEquals(
                SOME,
                SOME.withSendBufferBytes(0)
                        .withReceiveBufferBytes(1)
                        .withSendBufferBytes(unset)
                        .withReceiveBufferBytes(unset));
    }
}
