package io.github.iocp4j.simulation;

import io.github.iocp4j.internal.win32.Win32;
import io.github.iocp4j.simulation.network.StreamEnd;
import io.github.iocp4j.testing.CountedCall;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/// ConnectEx on one socket.
final class PendingConnect extends PendingOperations {
    private static final long NANOS_PER_MILLI = 1_000_000;

    /// How long Windows waits for any answer.
    private static final int SILENCE_MILLIS = 21_000;

    private @Nullable InetSocketAddress target;
    private boolean trying;
    private boolean lastTry;

    PendingConnect(SimulatedKernel kernel, SimulatedSocket socket) {
        super(kernel, socket);
    }

    int submit(InetSocketAddress address, long overlapped) {
        if (kernel.kernelMemory.refuses(
                CountedCall.CONNECT_EX, kernel.options.faults().refusedConnects())) {
            return -Win32.WSAENOBUFS;
        }
        target = address;
        StreamEnd end = kernel.chance(kernel.options.inlinePercent()) ? tryToConnect() : null;
        Operation operation = kernel.inFlight.begin(
                Operation.Kind.CONNECT, socket, overlapped, List.of(), end == null || !socket.skipsOnSuccess);
        if (end != null) {
            socket.connected(end);
            kernel.completeInline(operation, 0, null);
            return 0;
        }
        socket.state = SimulatedSocket.State.CONNECTING;
        add(operation);
        return -Win32.WSA_IO_PENDING;
    }

    @Override
    boolean canServe() {
        return !trying;
    }

    @Override
    void serve(Operation first) {
        StreamEnd end = tryToConnect();
        if (end != null) {
            socket.connected(end);
            end(first, Status.SUCCESS, 0, null);
        } else if (kernel.network.isSilent(Objects.requireNonNull(target))) {
            serveSilence(first);
        } else if (lastTry || kernel.chance(kernel.options.network().refusedAtOncePercent())) {
            abandon(first);
            end(first, Status.CONNECTION_REFUSED, 0, null);
        } else {
            tryOnceMore(kernel.options.network().refusedMillis());
        }
    }

    private void serveSilence(Operation first) {
        if (lastTry) {
            abandon(first);
            end(first, Status.IO_TIMEOUT, 0, null);
        } else {
            tryOnceMore(SILENCE_MILLIS);
        }
    }

    private void tryOnceMore(int afterMillis) {
        trying = true;
        kernel.scheduler.schedule(afterMillis * NANOS_PER_MILLI, () -> {
            trying = false;
            lastTry = true;
            wake();
        });
    }

    @Override
    void abandon(Operation operation) {
        socket.state = SimulatedSocket.State.FAILED;
    }

    private @Nullable StreamEnd tryToConnect() {
        return kernel.network.connect(Objects.requireNonNull(socket.bound), Objects.requireNonNull(target));
    }
}
