package io.github.iocp4j.simulation;

import io.github.iocp4j.simulation.network.StreamEnd;
import java.util.Objects;

/// The second half of an AcceptEx with data, on the socket that it accepts to: connected, it waits for the first
/// data.
final class PendingFirstData extends PendingOperations {
    PendingFirstData(SimulatedKernel kernel, SimulatedSocket accept) {
        super(kernel, accept);
    }

    /// @param accept the AcceptEx, which has got its connection
    void begin(Operation accept, StreamEnd stream) {
        socket.end = stream;
        socket.connectedAt = kernel.scheduler.nanoTime();
        stream.onChange(this::wake);
        add(accept);
    }

    @Override
    boolean canServe() {
        StreamEnd end = socket.end;
        return end != null && (end.readable() > 0 || end.inputEnded() || end.isReset());
    }

    @Override
    void serve(Operation first) {
        StreamEnd end = Objects.requireNonNull(socket.end);
        if (end.isReset()) {
            abandon(first);
            end(first, resetStatus(), 0, null);
            return;
        }
        int available = Math.min(first.receiveLength, end.readable());
        byte[] bytes = new byte[available == 0 ? 0 : kernel.network.pieceOf(available)];
        int _ = end.read(bytes, 0, bytes.length);
        end(first, Status.SUCCESS, bytes.length, PendingAccepts.connected(first, end, bytes));
    }

    @Override
    void abandon(Operation operation) {
        socket.state = SimulatedSocket.State.FAILED;
    }
}
