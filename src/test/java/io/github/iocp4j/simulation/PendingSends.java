package io.github.iocp4j.simulation;

import io.github.iocp4j.internal.win32.Win32;
import io.github.iocp4j.simulation.SimulatedMemory.Region;
import io.github.iocp4j.simulation.network.StreamEnd;
import io.github.iocp4j.testing.CountedCall;
import java.lang.foreign.ValueLayout;
import java.util.List;

/// WSASend on one socket.
final class PendingSends extends PendingOperations {
    private static final byte[] NOTHING = {};

    private boolean broken;
    private boolean finAfterwards;

    PendingSends(SimulatedKernel kernel, SimulatedSocket socket) {
        super(kernel, socket);
    }

    int submit(StreamEnd end, List<Region> regions, long overlapped) {
        checkNoTransmit();
        int refusal = refusal(end);
        if (refusal != 0) {
            return refusal;
        }
        if (kernel.kernelMemory.refuses(
                CountedCall.WSA_SEND, kernel.options.faults().refusedSends(), regions)) {
            return kernel.kernelMemory.refusal();
        }
        int length = regions.stream().mapToInt(each -> (int) each.length()).sum();
        boolean atOnce = !isPending()
                && !end.isReset()
                && end.writable() >= length
                && kernel.chance(kernel.options.inlinePercent());
        Operation operation = kernel.inFlight.begin(
                Operation.Kind.SEND, socket, overlapped, regions, !atOnce || !socket.skipsOnSuccess);
        kernel.kernelMemory.lock(operation);
        if (atOnce) {
            int _ = end.write(operation.content(), 0, length);
            kernel.completeInline(operation, length, null);
            return 0;
        }
        add(operation);
        return -Win32.WSA_IO_PENDING;
    }

    /// TransmitFile. What else is sent on the socket must be over before it begins, and wait until it is over.
    int transmit(StreamEnd end, OpenFile file, int length, long overlapped) {
        if (isPending()) {
            throw kernel.fail("TransmitFile beside " + pending.getFirst());
        }
        int refusal = refusal(end);
        if (refusal != 0) {
            return refusal;
        }
        if (kernel.kernelMemory.refuses(
                CountedCall.TRANSMIT_FILE, kernel.options.faults().refusedSends())) {
            return kernel.kernelMemory.refusal();
        }
        boolean isRoom = !end.isReset() && end.writable() >= length && !kernel.isTransmitting();
        boolean atOnce = isRoom && kernel.chance(kernel.options.inlinePercent());
        Operation operation = kernel.inFlight.begin(
                Operation.Kind.TRANSMIT, socket, overlapped, List.of(), !atOnce || !socket.skipsOnSuccess);
        operation.length = length;
        byte[] bytes = atOnce ? file.file.read(operation.fileOffset(), length) : NOTHING;
        if (atOnce && bytes.length == length) {
            int _ = end.write(bytes, 0, length);
            kernel.completeInline(operation, length, null);
            return 0;
        }
        operation.file = file;
        file.transmits++;
        kernel.beginTransmit(operation);
        add(operation);
        return -Win32.WSA_IO_PENDING;
    }

    /// A send that doesn't wait.
    int sendNow(StreamEnd end, List<Region> regions) {
        if (!socket.nonBlocking) {
            throw kernel.fail("a send without OVERLAPPED would block: " + socket + " is not non-blocking");
        }
        checkNoTransmit();
        if (isPending()) {
            throw kernel.fail("a non-blocking send beside " + pending.getFirst());
        }
        int refusal = end.isReset() ? -Win32.WSAECONNRESET : refusal(end);
        if (refusal != 0) {
            return refusal;
        }
        int sent = 0;
        for (Region region : regions) {
            byte[] bytes = region.segment().toArray(ValueLayout.JAVA_BYTE);
            int count = end.write(bytes, 0, bytes.length);
            sent += count;
            if (count < bytes.length) {
                break;
            }
        }
        return sent == 0 && !regions.isEmpty() ? -Win32.WSAEWOULDBLOCK : sent;
    }

    /// Sends FIN when what pends has left.
    void shutdown(StreamEnd end) {
        finAfterwards = true;
        finIfDone(end);
    }

    @Override
    boolean canServe() {
        StreamEnd end = socket.end;
        Operation first = pending.peek();
        if (end == null || first == null) {
            return false;
        }
        boolean mayGoOn = first.file == null || kernel.runs(first);
        return end.isReset() || (mayGoOn && (end.writable() > 0 || first.moved == first.length));
    }

    @Override
    void serve(Operation first) {
        StreamEnd end = socket.end;
        if (end == null || end.isReset()) {
            forget(first);
            end(first, resetStatus(), 0, null);
            return;
        }
        if (first.file != null) {
            transmitMore(first, first.file, end);
            finIfDone(end);
            return;
        }
        int count = Math.min(first.length - first.moved, end.writable());
        first.moved += end.write(first.content(), first.moved, count == 0 ? 0 : kernel.network.pieceOf(count));
        if (first.moved > 0 && kernel.chance(kernel.options.faults().exhaustedSends())) {
            broken = true;
            end(first, Status.INSUFFICIENT_RESOURCES, 0, null);
        } else if (first.moved == first.length
                || (first.moved > 0 && kernel.chance(kernel.options.faults().shortSends()))) {
            end(first, Status.SUCCESS, first.moved, null);
        }
        finIfDone(end);
    }

    @Override
    void abandon(Operation operation) {
        broken |= operation.moved > 0;
        forget(operation);
    }

    private void checkNoTransmit() {
        Operation first = pending.peek();
        if (first != null && first.kind == Operation.Kind.TRANSMIT) {
            throw kernel.fail("a send beside " + first);
        }
    }

    /// A file that has become shorter ends it before its time: as a success, or as a failure, since Microsoft
    /// does not say.
    private void transmitMore(Operation first, OpenFile file, StreamEnd end) {
        int most = Math.min(first.length - first.moved, end.writable());
        byte[] bytes = file.file.read(first.fileOffset() + first.moved, most);
        boolean over = bytes.length < most || most == 0;
        first.moved += end.write(bytes, 0, bytes.length == 0 ? 0 : kernel.network.pieceOf(bytes.length));
        if (first.moved == first.length) {
            forget(first);
            end(first, Status.SUCCESS, first.moved, null);
        } else if (over && file.file.size() <= first.fileOffset() + first.moved) {
            forget(first);
            broken = true;
            end(first, kernel.chance(50) ? Status.SUCCESS : Status.END_OF_FILE, first.moved, null);
        }
    }

    private void forget(Operation operation) {
        if (operation.file != null) {
            kernel.endTransmit(operation);
            operation.file.transmits--;
            operation.file = null;
        }
    }

    private int refusal(StreamEnd end) {
        if (finAfterwards) {
            return -Status.WSAESHUTDOWN;
        }
        // An unknown part of the stream is missing: whoever goes on sends rubbish.
        if (broken && !isPending() && kernel.chance(50)) {
            return -Win32.WSAECONNABORTED;
        }
        return end.isReset() && kernel.chance(50) ? -Win32.WSAECONNRESET : 0;
    }

    private void finIfDone(StreamEnd end) {
        if (finAfterwards && !isPending() && !end.outputEnded()) {
            end.shutdownOutput();
        }
    }
}
