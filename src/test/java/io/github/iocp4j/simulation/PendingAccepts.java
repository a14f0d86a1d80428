package io.github.iocp4j.simulation;

import io.github.iocp4j.internal.win32.Win32;
import io.github.iocp4j.simulation.SimulatedMemory.Region;
import io.github.iocp4j.simulation.network.ListenPoint;
import io.github.iocp4j.simulation.network.StreamEnd;
import io.github.iocp4j.testing.CountedCall;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Objects;

/// AcceptEx on one listening socket, and its backlog.
final class PendingAccepts extends PendingOperations implements ListenPoint {
    private final int capacity;
    private final Deque<StreamEnd> backlog = new ArrayDeque<>();

    PendingAccepts(SimulatedKernel kernel, SimulatedSocket listener, int capacity) {
        super(kernel, listener);
        this.capacity = capacity;
    }

    int submit(SimulatedSocket accept, Region output, int localLength, long overlapped) {
        if (kernel.kernelMemory.refuses(
                CountedCall.ACCEPT_EX, kernel.options.faults().refusedAccepts())) {
            return -Win32.WSAENOBUFS;
        }
        StreamEnd next = backlog.peek();
        boolean atOnce = !isPending() && next != null && kernel.chance(kernel.options.inlinePercent());
        if (atOnce && next.isReset()) {
            backlog.remove();
            return -Win32.WSAECONNRESET;
        }
        Operation operation = kernel.inFlight.begin(
                Operation.Kind.ACCEPT, socket, overlapped, List.of(output), !atOnce || !socket.skipsOnSuccess);
        operation.acceptSocket = accept;
        operation.localAddressLength = localLength;
        accept.state = SimulatedSocket.State.ACCEPTING;
        if (atOnce) {
            backlog.remove();
            kernel.completeInline(operation, 0, accepted(operation, next));
            return 0;
        }
        add(operation);
        return -Win32.WSA_IO_PENDING;
    }

    @Override
    public boolean offer(StreamEnd end) {
        if (socket.closed || backlog.size() >= capacity) {
            return false;
        }
        backlog.add(end);
        wake();
        return true;
    }

    /// Whoever waits in the backlog gets a RST.
    void close() {
        backlog.forEach(StreamEnd::abort);
        backlog.clear();
    }

    @Override
    boolean canServe() {
        return !backlog.isEmpty();
    }

    @Override
    void serve(Operation first) {
        StreamEnd end = backlog.remove();
        boolean fails = end.isReset()
                ? kernel.chance(50)
                : kernel.chance(kernel.options.faults().failedAccepts());
        if (fails) {
            end.abort();
            abandon(first);
            end(first, kernel.chance(50) ? Status.LOCAL_DISCONNECT : resetStatus(), 0, null);
        } else {
            end(first, Status.SUCCESS, 0, accepted(first, end));
        }
    }

    @Override
    void abandon(Operation operation) {
        Objects.requireNonNull(operation.acceptSocket).state = SimulatedSocket.State.FAILED;
    }

    private byte[] accepted(Operation operation, StreamEnd end) {
        SimulatedSocket accept = Objects.requireNonNull(operation.acceptSocket);
        accept.listener = socket;
        accept.connected(end);
        byte[] output = new byte[operation.length];
        SocketAddresses.write(output, SocketAddresses.ACCEPT_OFFSET, end.local(), socket.family);
        SocketAddresses.write(
                output, operation.localAddressLength + SocketAddresses.ACCEPT_OFFSET, end.remote(), socket.family);
        return output;
    }
}
