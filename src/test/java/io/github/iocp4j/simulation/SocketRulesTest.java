package io.github.iocp4j.simulation;

import static io.github.iocp4j.simulation.Runs.fails;
import static io.github.iocp4j.simulation.Runs.passes;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.iocp4j.internal.win32.Win32;
import io.github.iocp4j.testing.Peer;
import org.junit.jupiter.api.Test;

class SocketRulesTest {
    @Test
    void nothingWorksBeforeStartup() {
        passes(kernel -> {
            try (Program program = new Program(kernel.host())) {
                Program.check(program.winsock(program.winsock::WSACleanup));
                assertEquals(
                        -Status.WSANOTINITIALISED,
                        program.kernel(call -> program.winsock.WSASocketW(
                                call, Win32.AF_INET, Win32.SOCK_STREAM, 0, Program.SOCKET_FLAGS)));
                Program.check(program.winsock(program.winsock::WSAStartup));
            }
        });
    }

    @Test
    void socketsAreNotInherited() {
        fails("without WSA_FLAG_NO_HANDLE_INHERIT", kernel -> {
            Program program = new Program(kernel.host());
            program.kernel(call ->
                    program.winsock.WSASocketW(call, Win32.AF_INET, Win32.SOCK_STREAM, 0, Win32.WSA_FLAG_OVERLAPPED));
        });
    }

    @Test
    void aClosedHandleIsNotUsed() {
        fails("closed or of another kind", kernel -> {
            Program program = new Program(kernel.host());
            long socket = program.socket();
            program.closeSocket(socket);
            program.shutdown(socket);
        });
    }

    @Test
    void aClosedHandleGivesItsCodeWhenLenient() {
        passes(SimulationOptions.DEFAULT.lenient(), kernel -> {
            try (Program program = new Program(kernel.host())) {
                long socket = program.socket();
                Program.check(program.closeSocket(socket));
                assertEquals(-Win32.WSAENOTSOCK, program.shutdown(socket));
            }
        });
    }

    @Test
    void aHandleComesBackAtOnceInSomeRunsAndNeverInOthers() {
        boolean[] seen = new boolean[2];
        passes(kernel -> {
            try (Program program = new Program(kernel.host())) {
                long first = program.socket();
                Program.check(program.closeSocket(first));
                long second = program.socket();
                seen[first == second ? 1 : 0] = true;
                Program.check(program.closeSocket(second));
            }
        });
        assertTrue(seen[0] && seen[1]);
    }

    @Test
    void aPortInUseIsRefused() {
        passes(kernel -> {
            try (Program program = new Program(kernel.host())) {
                long first = program.listener();
                int port = program.localAddress(first).getPort();
                long second = program.socket();
                assertEquals(-Status.WSAEADDRINUSE, program.bind(second, port));
                Program.check(program.closeSocket(first));
                Program.check(program.bind(second, port));
                Program.check(program.closeSocket(second));
            }
        });
    }

    @Test
    void anOverlappedOperationNeedsAPort() {
        fails("which has no port", kernel -> {
            Program program = new Program(kernel.host());
            long socket = Program.check(program.kernel(call ->
                    program.winsock.WSASocketW(call, Win32.AF_INET, Win32.SOCK_STREAM, 0, Program.SOCKET_FLAGS)));
            program.receive(0, socket, 10);
        });
    }

    @Test
    void anAcceptSocketIsUnbound() {
        fails("accept socket that is not fresh", kernel -> {
            Program program = new Program(kernel.host());
            long socket = program.socket();
            program.bind(socket, 0);
            program.accept(0, program.listener(), socket);
        });
    }

    @Test
    void anAcceptSocketServesOneAccept() {
        fails("accept socket that is not fresh", kernel -> {
            Program program = new Program(kernel.host());
            long socket = program.socket();
            long listener = program.listener();
            program.accept(0, listener, socket);
            program.accept(1, listener, socket);
        });
    }

    @Test
    void anAcceptSocketIsNotClosedUnderItsAccept() {
        fails("while its AcceptEx is in flight", kernel -> {
            Program program = new Program(kernel.host());
            long socket = program.socket();
            program.accept(0, program.listener(), socket);
            program.closeSocket(socket);
        });
    }

    @Test
    void anAcceptedSocketNeedsItsContext() {
        passes(kernel -> {
            try (Program program = new Program(kernel.host())) {
                long listener = program.listener();
                long socket = program.socket();
                Peer peer = kernel.connect(program.localAddress(listener));
                int _ = program.accept(0, listener, socket);
                assertEquals(0, program.take().status());
                assertEquals(-Win32.WSAENOTCONN, program.shutdown(socket));
                Program.check(program.updateAccepted(socket, listener));
                Program.check(program.shutdown(socket));
                Program.check(program.closeSocket(socket));
                Program.check(program.closeSocket(listener));
                assertEquals(-1, peer.read(new byte[1]));
                peer.close();
            }
        });
    }

    @Test
    void optionsSetBeforeTheContextAreLost() {
        fails("is not non-blocking", kernel -> {
            Program program = new Program(kernel.host());
            long listener = program.listener();
            long socket = program.socket();
            Peer _ = kernel.connect(program.localAddress(listener));
            program.accept(0, listener, socket);
            program.take();
            program.nonBlocking(socket);
            program.updateAccepted(socket, listener);
            program.receive(-1, socket, 10);
        });
    }

    @Test
    void acceptsFailWhenThePeerHasLeft() {
        passes(
                SimulationOptions.DEFAULT.withInlinePercent(0).withFaults(Faults.MILD.withFailedAccepts(100)),
                kernel -> {
                    try (Program program = new Program(kernel.host())) {
                        long listener = program.listener();
                        long socket = program.socket();
                        int _ = program.accept(0, listener, socket);
                        Peer peer = kernel.connect(program.localAddress(listener));
                        assertTrue(program.take().status() != 0);
                        Program.check(program.closeSocket(socket));
                        Program.check(program.closeSocket(listener));
                        peer.close();
                    }
                });
    }

    @Test
    void connectNeedsABoundSocket() {
        passes(kernel -> {
            try (Program program = new Program(kernel.host())) {
                long socket = program.socket();
                assertEquals(
                        -Status.WSAEINVAL,
                        program.connect(0, socket, kernel.listen().address()));
                Program.check(program.closeSocket(socket));
            }
        });
    }

    @Test
    void aConnectedSocketNeedsItsContext() {
        passes(kernel -> {
            try (Program program = new Program(kernel.host());
                    var listener = kernel.listen()) {
                long socket = program.socket();
                Program.check(program.bind(socket, 0));
                int _ = program.connect(0, socket, listener.address());
                assertEquals(0, program.take().status());
                assertEquals(-Win32.WSAENOTCONN, program.shutdown(socket));
                Program.check(program.option(socket, Win32.SOL_SOCKET, Win32.SO_UPDATE_CONNECT_CONTEXT, 0));
                Program.check(program.shutdown(socket));
                Program.check(program.closeSocket(socket));
                assertEquals(-1, listener.accept().read(new byte[1]));
            }
        });
    }

    @Test
    void aRefusedConnectFailsAtOnceOrAfterTwoSeconds() {
        boolean[] seen = new boolean[2];
        passes(kernel -> {
            try (Program program = new Program(kernel.host())) {
                var gone = kernel.listen();
                gone.close();
                long socket = program.socket();
                Program.check(program.bind(socket, 0));
                long begin = kernel.host().nanoTime();
                assertEquals(-Win32.WSA_IO_PENDING, program.connect(0, socket, gone.address()));
                assertEquals(Status.CONNECTION_REFUSED, program.take().status());
                long millis = (kernel.host().nanoTime() - begin) / 1_000_000;
                seen[millis >= 2_000 ? 1 : 0] = true;
                Program.check(program.closeSocket(socket));
            }
        });
        assertTrue(seen[0] && seen[1]);
    }

    @Test
    void aSocketWhoseConnectFailedIsNotUsedAgain() {
        fails("ConnectEx on socket", kernel -> {
            Program program = new Program(kernel.host());
            var gone = kernel.listen();
            gone.close();
            long socket = program.socket();
            Program.check(program.bind(socket, 0));
            program.connect(0, socket, gone.address());
            program.take();
            program.connect(0, socket, gone.address());
        });
    }

    @Test
    void skipOnSuccessNeedsTheRightProviders() {
        fails("no IFS handles", SimulationOptions.DEFAULT.withLayeredProvider(), kernel -> {
            ConnectedProgram _ = new ConnectedProgram(kernel).skipping();
        });
    }

    @Test
    void whatIsDoneAtOnceBringsNoPacketUnderSkipOnSuccess() {
        passes(SimulationOptions.DEFAULT.withInlinePercent(100), kernel -> {
            try (ConnectedProgram connected = new ConnectedProgram(kernel).skipping()) {
                assertEquals(0, connected.program.send(0, connected.socket, "hello"));
                assertEquals(0, connected.program.status(0));
                assertEquals(-Win32.WAIT_TIMEOUT, connected.program.take(1).slot());
                connected.peer.readFully(5);
            }
        });
    }

    @Test
    void whatIsDoneAtOnceBringsAPacketElse() {
        passes(SimulationOptions.DEFAULT.withInlinePercent(100), kernel -> {
            try (ConnectedProgram connected = new ConnectedProgram(kernel)) {
                assertEquals(0, connected.program.send(0, connected.socket, "hello"));
                assertEquals(5, connected.program.take().bytes());
                connected.peer.readFully(5);
            }
        });
    }

    @Test
    void aNonBlockingReceiveNeedsANonBlockingSocket() {
        fails("is not non-blocking", kernel -> {
            ConnectedProgram connected = new ConnectedProgram(kernel);
            connected.program.receive(-1, connected.socket, 10);
        });
    }

    @Test
    void aNonBlockingReceiveRunsBesideNoPendingOne() {
        fails("a non-blocking receive beside RECEIVE", kernel -> {
            ConnectedProgram connected = new ConnectedProgram(kernel);
            connected.program.nonBlocking(connected.socket);
            connected.program.receive(0, connected.socket, 10);
            connected.program.receive(-1, connected.socket, 10);
        });
    }

    @Test
    void aNonBlockingReceiveTellsWhatThereIs() {
        passes(kernel -> {
            try (ConnectedProgram connected = new ConnectedProgram(kernel)) {
                Program program = connected.program;
                Program.check(program.nonBlocking(connected.socket));
                assertEquals(-Win32.WSAEWOULDBLOCK, program.receive(-1, connected.socket, 10));
                int _ = program.receive(1, connected.socket, 0);
                connected.peer.write(new byte[] {'a'});
                assertEquals(0, program.take().bytes());
                assertEquals(1, program.receive(-1, connected.socket, 10));
                assertEquals("a", program.text(0, 1));
                connected.peer.shutdownOutput();
                int _ = program.receive(1, connected.socket, 0);
                assertEquals(0, program.take().status());
                assertEquals(0, program.receive(-1, connected.socket, 10));
                assertEquals(0, program.receive(-1, connected.socket, 10));
            }
        });
    }
}
