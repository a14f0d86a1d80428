package io.github.iocp4j.simulation;

import io.github.iocp4j.internal.win32.Win32;
import io.github.iocp4j.simulation.SimulatedMemory.Region;
import io.github.iocp4j.simulation.network.StreamEnd;
import io.github.iocp4j.testing.CountedCall;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.List;

/// WSARecv on one socket.
final class PendingReceives extends PendingOperations {
    private static final byte[] NOTHING = {};

    PendingReceives(SimulatedKernel kernel, SimulatedSocket socket) {
        super(kernel, socket);
    }

    /// An overlapped receive; one without a byte of room waits for data and takes none.
    int submit(StreamEnd end, List<Region> regions, long overlapped) {
        if (isRefused(regions)) {
            return kernel.kernelMemory.refusal();
        }
        if (end.isReset() && kernel.chance(50)) {
            return -Win32.WSAECONNRESET;
        }
        boolean atOnce = !isPending() && canServe() && !end.isReset() && kernel.chance(kernel.options.inlinePercent());
        Operation operation = kernel.inFlight.begin(
                Operation.Kind.RECEIVE, socket, overlapped, regions, !atOnce || !socket.skipsOnSuccess);
        kernel.kernelMemory.lock(operation);
        if (atOnce) {
            byte[] bytes = take(end, operation.length);
            kernel.completeInline(operation, bytes.length, bytes);
            return 0;
        }
        add(operation);
        return -Win32.WSA_IO_PENDING;
    }

    /// A receive that doesn't wait.
    int receiveNow(StreamEnd end, List<Region> regions) {
        if (!socket.nonBlocking) {
            throw kernel.fail("a receive without OVERLAPPED would block: " + socket + " is not non-blocking");
        }
        for (Operation operation : pending) {
            if (operation.length > 0) {
                throw kernel.fail("a non-blocking receive beside " + operation);
            }
        }
        int length = regions.stream().mapToInt(each -> (int) each.length()).sum();
        if (length == 0) {
            throw kernel.fail("a non-blocking receive of nothing can't be told from the end of the stream");
        }
        if (end.isReset()) {
            return -Win32.WSAECONNRESET;
        }
        if (!canServe()) {
            return -Win32.WSAEWOULDBLOCK;
        }
        byte[] bytes = take(end, length);
        int done = 0;
        for (Region region : regions) {
            int count = (int) Math.min(region.length(), bytes.length - done);
            MemorySegment.copy(bytes, done, region.segment(), ValueLayout.JAVA_BYTE, 0, count);
            done += count;
        }
        return bytes.length;
    }

    @Override
    boolean canServe() {
        StreamEnd end = socket.end;
        return end != null && (end.readable() > 0 || end.inputEnded() || end.isReset());
    }

    @Override
    void serve(Operation first) {
        StreamEnd end = socket.end;
        if (end == null || end.isReset()) {
            end(first, resetStatus(), 0, null);
        } else {
            byte[] bytes = take(end, first.length);
            end(first, Status.SUCCESS, bytes.length, bytes);
        }
    }

    @Override
    void abandon(Operation operation) {
        // Nothing was taken from the stream.
    }

    private boolean isRefused(List<Region> regions) {
        Faults faults = kernel.options.faults();
        return regions.isEmpty()
                ? kernel.kernelMemory.refuses(CountedCall.WSA_RECV_ZERO_BYTE, faults.refusedZeroByteReceives())
                : kernel.kernelMemory.refuses(CountedCall.WSA_RECV, faults.refusedReceives(), regions);
    }

    private byte[] take(StreamEnd end, int length) {
        int available = Math.min(length, end.readable());
        if (available == 0) {
            return NOTHING;
        }
        byte[] bytes = new byte[kernel.network.pieceOf(available)];
        int _ = end.read(bytes, 0, bytes.length);
        return bytes;
    }
}
