package io.github.iocp4j.simulation;

import io.github.iocp4j.internal.win32.Win32;
import io.github.iocp4j.testing.Peer;
import io.github.iocp4j.testing.TestKernel;
import java.io.IOException;

/// A [Program] with one accepted connection to a peer, its context updated: where most tests begin.
final class ConnectedProgram implements AutoCloseable {
    private static final int ACCEPT_SLOT = 60;

    final Program program;
    final long socket;
    final Peer peer;

    ConnectedProgram(TestKernel kernel) throws Exception {
        program = new Program(kernel.host());
        long listener = program.listener();
        socket = program.socket();
        peer = kernel.connect(program.localAddress(listener));
        int _ = program.accept(ACCEPT_SLOT, listener, socket);
        int slot = program.take().slot();
        if (slot != ACCEPT_SLOT || program.status(slot) != 0) {
            throw new AssertionError("not accepted: " + Integer.toHexString(program.status(ACCEPT_SLOT)));
        }
        Program.check(program.updateAccepted(socket, listener));
        Program.check(program.closeSocket(listener));
    }

    /// From now on nothing completes with a packet inside its call.
    ConnectedProgram skipping() {
        Program.check(program.winsock(call -> program.kernel32.SetFileCompletionNotificationModes(
                call, socket, Win32.FILE_SKIP_COMPLETION_PORT_ON_SUCCESS | Win32.FILE_SKIP_SET_EVENT_ON_HANDLE)));
        return this;
    }

    @Override
    public void close() throws IOException {
        Program.check(program.closeSocket(socket));
        program.close();
        peer.close();
    }
}
