package io.github.iocp4j.simulation;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.iocp4j.internal.win32.Win32;
import io.github.iocp4j.testing.CountedCall;
import io.github.iocp4j.testing.CountingHost;
import io.github.iocp4j.testing.KernelCounts;
import io.github.iocp4j.testing.OverlappedKind;
import io.github.iocp4j.testing.Peer;
import org.junit.jupiter.api.Test;

class CountingHostTest {
    private static final int LISTEN_SLOT = 60;

    @Test
    void countsWhatIsInFlightUntilItIsDequeued() {
        run(SimulationOptions.DEFAULT.withInlinePercent(0), (program, counts, socket, peer) -> {
            for (int i = 0; i < 4; i++) {
                int _ = program.receive(i, socket, 10);
            }
            assertEquals(4, counts.inFlight(OverlappedKind.RECEIVE));
            assertEquals(4, counts.inFlight(OverlappedKind.RECEIVE, socket));
            peer.write(new byte[1]);
            assertEquals(0, program.take().slot());
            assertEquals(3, counts.inFlight(OverlappedKind.RECEIVE));
            Program.check(program.cancel(socket, 0));
            for (int i = 0; i < 3; i++) {
                Program.check(program.take().slot());
            }
            assertEquals(0, counts.inFlight(OverlappedKind.RECEIVE));
            assertEquals(4, counts.mostOnOneSocket(OverlappedKind.RECEIVE));
            assertEquals(4, counts.submitted(OverlappedKind.RECEIVE));
            assertEquals(4, counts.pended(OverlappedKind.RECEIVE));
            assertEquals(4, counts.calls(CountedCall.WSA_RECV));
        });
    }

    @Test
    void tellsReceivesWithoutRoomFromOthers() {
        run(SimulationOptions.DEFAULT, (program, counts, socket, peer) -> {
            Program.check(program.nonBlocking(socket));
            int _ = program.receive(0, socket, 0);
            assertEquals(1, counts.inFlight(OverlappedKind.ZERO_BYTE_RECEIVE, socket));
            peer.write(new byte[1]);
            assertEquals(0, program.take().bytes());
            assertEquals(1, program.receive(-1, socket, 10));
            assertEquals(1, counts.calls(CountedCall.WSA_RECV_ZERO_BYTE));
            assertEquals(1, counts.calls(CountedCall.WSA_RECV_NON_BLOCKING));
            assertEquals(0, counts.calls(CountedCall.WSA_RECV));
        });
    }

    @Test
    void countsWhatIsDoneAtOnceAndWhatIsRefused() {
        run(SimulationOptions.DEFAULT.withInlinePercent(100), (program, counts, socket, peer) -> {
            Program.check(program.winsock(call -> program.kernel32.SetFileCompletionNotificationModes(
                    call, socket, Win32.FILE_SKIP_COMPLETION_PORT_ON_SUCCESS)));
            assertEquals(0, program.send(0, socket, "hello"));
            assertEquals(1, counts.completedInline(OverlappedKind.SEND));
            assertEquals(0, counts.inFlight(OverlappedKind.SEND));
            peer.readFully(5);
            Program.check(program.shutdown(socket));
            assertTrue(program.send(0, socket, "hello") < 0);
            assertEquals(1, counts.refused(OverlappedKind.SEND));
            assertEquals(0, counts.inFlight(OverlappedKind.SEND));
        });
    }

    @Test
    void tellsWhereSubmissionsComeFrom() {
        run(SimulationOptions.DEFAULT, (program, counts, socket, peer) -> {
            Program.check(program.post(7, program.overlapped(2)));
            assertEquals(2, program.take().slot());
            int _ = program.send(0, socket, "a");
            assertEquals(0, counts.submittedElsewhere(OverlappedKind.SEND));
            peer.readFully(1);
            assertEquals(0, program.take().slot());
            int _ = program.send(1, socket, "b");
            assertEquals(1, counts.submittedElsewhere(OverlappedKind.SEND));
            peer.readFully(1);
            assertEquals(1, program.take().slot());
        });
    }

    private static void run(SimulationOptions options, Body body) {
        Runs.passes(options, kernel -> {
            CountingHost host = new CountingHost(kernel.host());
            try (Program program = new Program(host)) {
                long listener = program.listener();
                long socket = program.socket();
                try (Peer peer = kernel.connect(program.localAddress(listener))) {
                    int _ = program.accept(LISTEN_SLOT, listener, socket);
                    assertEquals(0, program.take().status());
                    Program.check(program.updateAccepted(socket, listener));
                    Program.check(program.closeSocket(listener));
                    body.run(program, host.counts(), socket, peer);
                    Program.check(program.closeSocket(socket));
                }
            }
        });
    }

    private interface Body {
        void run(Program program, KernelCounts counts, long socket, Peer peer) throws Exception;
    }
}
