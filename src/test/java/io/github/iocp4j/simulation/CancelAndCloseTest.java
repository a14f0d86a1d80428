package io.github.iocp4j.simulation;

import static io.github.iocp4j.simulation.Runs.fails;
import static io.github.iocp4j.simulation.Runs.passes;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.iocp4j.internal.host.HostThread;
import io.github.iocp4j.internal.win32.Win32;
import io.github.iocp4j.simulation.Program.Packet;
import io.github.iocp4j.testing.Peer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.SocketException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

class CancelAndCloseTest {
    private static final Set<Integer> RESETS = Set.of(Status.CONNECTION_RESET, Status.REMOTE_DISCONNECT);
    private static final Set<Integer> CLOSES = Set.of(Status.CANCELLED, Status.HANDLES_CLOSED, Status.LOCAL_DISCONNECT);

    @Test
    void cancelFindsNothingWhereNothingPends() {
        passes(kernel -> {
            try (ConnectedProgram connected = new ConnectedProgram(kernel)) {
                assertEquals(-Win32.ERROR_NOT_FOUND, connected.program.cancel(connected.socket, 0));
            }
        });
    }

    @Test
    void aCancelledOperationComesHome() {
        passes(kernel -> {
            try (ConnectedProgram connected = new ConnectedProgram(kernel)) {
                int _ = connected.program.receive(0, connected.socket, 10);
                int _ = connected.program.receive(1, connected.socket, 10);
                Program.check(connected.program.cancel(connected.socket, connected.program.overlapped(1)));
                Packet packet = connected.program.take();
                assertEquals(1, packet.slot());
                assertEquals(Status.CANCELLED, packet.status());
                Program.check(connected.program.cancel(connected.socket, 0));
                assertEquals(0, connected.program.take().slot());
            }
        });
    }

    @Test
    void dataMayWinAgainstACancel() {
        Set<Integer> seen = new TreeSet<>();
        passes(SimulationOptions.DEFAULT.withInlinePercent(0), kernel -> {
            try (ConnectedProgram connected = new ConnectedProgram(kernel)) {
                int _ = connected.program.receive(0, connected.socket, 10);
                connected.peer.write(new byte[3]);
                int _ = connected.program.cancel(connected.socket, 0);
                seen.add(connected.program.take().status());
                connected.program.nonBlocking(connected.socket);
            }
        });
        assertEquals(Set.of(0, Status.CANCELLED), seen);
    }

    @Test
    void closesocketComesAfterCancel() {
        fails("closesocket over RECEIVE", kernel -> {
            ConnectedProgram connected = new ConnectedProgram(kernel);
            connected.program.receive(0, connected.socket, 10);
            connected.program.closeSocket(connected.socket);
        });
    }

    @Test
    void eachOperationHasItsPacketAfterClosesocket() {
        passes(SimulationOptions.DEFAULT.lenient(), kernel -> {
            ConnectedProgram connected = new ConnectedProgram(kernel);
            Program program = connected.program;
            for (int i = 0; i < 3; i++) {
                int _ = program.receive(i, connected.socket, 10);
            }
            Program.check(program.closeSocket(connected.socket));
            Set<Integer> slots = new TreeSet<>();
            for (int i = 0; i < 3; i++) {
                Packet packet = program.take();
                slots.add(packet.slot());
                assertTrue(CLOSES.contains(packet.status()));
            }
            assertEquals(Set.of(0, 1, 2), slots);
            program.close();
            assertThrows(SocketException.class, () -> connected.peer.read(new byte[1]));
            connected.peer.close();
        });
    }

    @Test
    void aResetIsReportedEachTime() {
        passes(kernel -> {
            try (ConnectedProgram connected = new ConnectedProgram(kernel)) {
                Program program = connected.program;
                Program.check(program.nonBlocking(connected.socket));
                int _ = program.receive(0, connected.socket, 10);
                connected.peer.reset();
                assertTrue(RESETS.contains(program.take().status()));
                for (int i = 0; i < 5; i++) {
                    assertEquals(-Win32.WSAECONNRESET, program.receive(-1, connected.socket, 10));
                    checkReset(program, program.receive(0, connected.socket, 10));
                    checkReset(program, program.receive(0, connected.socket, 0));
                    checkReset(program, program.send(0, connected.socket, "x"));
                }
            }
        });
    }

    private static void checkReset(Program program, int result) {
        if (result == -Win32.WSA_IO_PENDING) {
            assertTrue(RESETS.contains(program.take().status()));
        } else {
            assertEquals(-Win32.WSAECONNRESET, result);
        }
    }

    @Test
    void aResetDestroysWhatWasNotRead() {
        passes(kernel -> {
            try (ConnectedProgram connected = new ConnectedProgram(kernel)) {
                connected.peer.write(new byte[5]);
                kernel.pause(Duration.ofSeconds(1));
                connected.peer.reset();
                kernel.pause(Duration.ofSeconds(1));
                Program.check(connected.program.nonBlocking(connected.socket));
                assertEquals(-Win32.WSAECONNRESET, connected.program.receive(-1, connected.socket, 10));
            }
        });
    }

    @Test
    void closesocketOverUnreadDataResetsThePeer() {
        passes(kernel -> {
            ConnectedProgram connected = new ConnectedProgram(kernel);
            connected.peer.write(new byte[5]);
            kernel.pause(Duration.ofSeconds(1));
            connected.close();
        });
        passes(kernel -> {
            ConnectedProgram connected = new ConnectedProgram(kernel);
            connected.peer.write(new byte[5]);
            kernel.pause(Duration.ofSeconds(1));
            Program.check(connected.program.closeSocket(connected.socket));
            assertThrows(SocketException.class, () -> connected.peer.read(new byte[1]));
            connected.program.close();
        });
    }

    @Test
    void lingerOfZeroResetsThePeer() {
        passes(kernel -> {
            ConnectedProgram connected = new ConnectedProgram(kernel);
            Program.check(connected.program.option(connected.socket, Win32.SOL_SOCKET, Win32.SO_LINGER, 1));
            Program.check(connected.program.closeSocket(connected.socket));
            assertThrows(SocketException.class, () -> connected.peer.read(new byte[1]));
            connected.program.close();
        });
    }

    @Test
    void whatWasSentArrivesAfterClosesocketThenTheEnd() {
        passes(kernel -> {
            ConnectedProgram connected = new ConnectedProgram(kernel);
            int _ = connected.program.send(0, connected.socket, "hello");
            assertEquals(5, connected.program.take().bytes());
            Program.check(connected.program.closeSocket(connected.socket));
            connected.program.close();
            assertEquals("hello", new String(connected.peer.readFully(5), StandardCharsets.US_ASCII));
            assertEquals(-1, connected.peer.read(new byte[1]));
            connected.peer.close();
        });
    }

    @Test
    void sendsEndInOrderWhenThePeerReadsSlowly() {
        passes(kernel -> {
            try (ConnectedProgram connected = new ConnectedProgram(kernel)) {
                for (int i = 0; i < 8; i++) {
                    int _ = connected.program.send(i, connected.socket, 4096);
                }
                HostThread reader = kernel.host().newThread("reader", () -> readFully(connected.peer, 8 * 4096));
                reader.start();
                for (int i = 0; i < 8; i++) {
                    assertEquals(new Packet(i, connected.socket, 4096, 0), connected.program.take());
                }
                assertTrue(reader.join(Long.MAX_VALUE));
            }
        });
    }

    private static void readFully(Peer peer, int length) {
        try {
            assertEquals(length, peer.readFully(length).length);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Test
    void receivesEndInTheOrderOfTheirSubmission() {
        passes(kernel -> {
            try (ConnectedProgram connected = new ConnectedProgram(kernel)) {
                for (int i = 0; i < 8; i++) {
                    int _ = connected.program.receive(i, connected.socket, 3);
                }
                kernel.fork("writer", () -> connected.peer.write(new byte[24]));
                for (int i = 0; i < 8; i++) {
                    assertEquals(i, connected.program.take().slot());
                }
                connected.program.nonBlocking(connected.socket);
            }
        });
    }

    @Test
    void aSendThatRunsOutOfResourcesSaysSo() {
        SimulationOptions options =
                SimulationOptions.DEFAULT.withInlinePercent(0).withFaults(Faults.MILD.withFailedSends(100, 0));
        passes(options, kernel -> {
            try (ConnectedProgram connected = new ConnectedProgram(kernel)) {
                int _ = connected.program.send(0, connected.socket, "hello");
                assertEquals(
                        Status.INSUFFICIENT_RESOURCES, connected.program.take().status());
            }
        });
    }
}
