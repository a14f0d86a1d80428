package io.github.iocp4j.simulation;

import io.github.iocp4j.internal.win32.Win32;
import io.github.iocp4j.simulation.SimulatedMemory.Region;
import io.github.iocp4j.simulation.network.ListenPoint;
import io.github.iocp4j.simulation.network.StreamEnd;
import io.github.iocp4j.testing.CountedCall;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;

/// AcceptEx on one listening socket, and its backlog.
final class PendingAccepts extends PendingOperations implements ListenPoint {
    private final int capacity;
    private final Deque<StreamEnd> backlog = new ArrayDeque<>();

    /// The sockets that have been given a connection and wait for its first data.
    private final Set<SimulatedSocket> receiving = new LinkedHashSet<>();

    PendingAccepts(SimulatedKernel kernel, SimulatedSocket listener, int capacity) {
        super(kernel, listener);
        this.capacity = capacity;
    }

    int submit(SimulatedSocket accept, Region output, int localLength, int receiveLength, long overlapped) {
        if (kernel.kernelMemory.refuses(
                CountedCall.ACCEPT_EX, kernel.options.faults().refusedAccepts())) {
            return -Win32.WSAENOBUFS;
        }
        StreamEnd next = backlog.peek();
        boolean atOnce =
                receiveLength == 0 && !isPending() && next != null && kernel.chance(kernel.options.inlinePercent());
        if (atOnce && next.isReset()) {
            backlog.remove();
            return -Win32.WSAECONNRESET;
        }
        Operation operation = kernel.inFlight.begin(
                Operation.Kind.ACCEPT, socket, overlapped, List.of(output), !atOnce || !socket.skipsOnSuccess);
        operation.acceptSocket = accept;
        operation.localAddressLength = localLength;
        operation.receiveLength = receiveLength;
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

    /// Cancels accepts that have got as far as waiting for data.
    boolean cancelReceiving(long overlapped) {
        boolean found = false;
        for (SimulatedSocket each : receiving) {
            found |= each.firstData.cancel(overlapped);
        }
        return found;
    }

    @Override
    boolean canServe() {
        return !backlog.isEmpty();
    }

    @Override
    void serve(Operation first) {
        if (first.cancelled && first.receiveLength > 0) {
            abandon(first);
            end(first, Status.CANCELLED, 0, null);
            return;
        }
        StreamEnd end = backlog.remove();
        boolean fails = end.isReset()
                ? kernel.chance(50)
                : kernel.chance(kernel.options.faults().failedAccepts());
        if (fails) {
            end.abort();
            abandon(first);
            end(first, kernel.chance(50) ? Status.LOCAL_DISCONNECT : resetStatus(), 0, null);
        } else if (first.receiveLength > 0) {
            SimulatedSocket accept = Objects.requireNonNull(first.acceptSocket);
            pending.remove(first);
            receiving.removeIf(each -> !each.firstData.isPending());
            receiving.add(accept);
            accept.firstData.begin(first, end);
        } else {
            end(first, Status.SUCCESS, 0, accepted(first, end));
        }
    }

    @Override
    void abandon(Operation operation) {
        Objects.requireNonNull(operation.acceptSocket).state = SimulatedSocket.State.FAILED;
    }

    private byte[] accepted(Operation operation, StreamEnd end) {
        return connected(operation, end, new byte[0]);
    }

    /// The accept socket is a connected one now.
    ///
    /// @return what AcceptEx writes: the data, and behind the room for it the addresses; without any data, where
    /// there is room for some, no addresses either, as under Wine
    static byte[] connected(Operation operation, StreamEnd end, byte[] data) {
        SimulatedSocket listener = operation.socket;
        SimulatedSocket accept = Objects.requireNonNull(operation.acceptSocket);
        accept.listener = listener;
        accept.connected(end);
        byte[] output = new byte[operation.length];
        System.arraycopy(data, 0, output, 0, data.length);
        if (data.length > 0 || operation.receiveLength == 0) {
            int at = operation.receiveLength + SocketAddresses.ACCEPT_OFFSET;
            SocketAddresses.write(output, at, end.local(), listener.family);
            SocketAddresses.write(output, at + operation.localAddressLength, end.remote(), listener.family);
        }
        return output;
    }
}
