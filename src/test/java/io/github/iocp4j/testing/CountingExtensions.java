package io.github.iocp4j.testing;

import io.github.iocp4j.internal.win32.Call;
import io.github.iocp4j.internal.win32.WinsockExtensions;

/// Counts AcceptEx and ConnectEx.
final class CountingExtensions implements WinsockExtensions {
    private final WinsockExtensions extensions;
    private final KernelCounts counts;

    CountingExtensions(WinsockExtensions extensions, KernelCounts counts) {
        this.extensions = extensions;
        this.counts = counts;
    }

    @Override
    public int AcceptEx(
            Call call,
            long listenSocket,
            long acceptSocket,
            long outputBuffer,
            int receiveDataLength,
            int localAddressLength,
            int remoteAddressLength,
            long overlapped) {
        counts.count(CountedCall.ACCEPT_EX);
        counts.begin(OverlappedKind.ACCEPT, listenSocket, overlapped);
        int result = extensions.AcceptEx(
                call,
                listenSocket,
                acceptSocket,
                outputBuffer,
                receiveDataLength,
                localAddressLength,
                remoteAddressLength,
                overlapped);
        counts.submitted(OverlappedKind.ACCEPT, listenSocket, overlapped, result);
        return result;
    }

    @Override
    public void GetAcceptExSockaddrs(
            Call call, long outputBuffer, int receiveDataLength, int localAddressLength, int remoteAddressLength) {
        counts.count(CountedCall.GET_ACCEPT_EX_SOCKADDRS);
        extensions.GetAcceptExSockaddrs(call, outputBuffer, receiveDataLength, localAddressLength, remoteAddressLength);
    }

    @Override
    public int ConnectEx(Call call, long socket, long name, int nameLength, long overlapped) {
        counts.count(CountedCall.CONNECT_EX);
        counts.begin(OverlappedKind.CONNECT, socket, overlapped);
        int result = extensions.ConnectEx(call, socket, name, nameLength, overlapped);
        counts.submitted(OverlappedKind.CONNECT, socket, overlapped, result);
        return result;
    }

    @Override
    public int TransmitFile(Call call, long socket, long file, int length, long overlapped, int flags) {
        counts.count(CountedCall.TRANSMIT_FILE);
        counts.begin(OverlappedKind.TRANSMIT, socket, overlapped);
        int result = extensions.TransmitFile(call, socket, file, length, overlapped, flags);
        counts.submitted(OverlappedKind.TRANSMIT, socket, overlapped, result);
        return result;
    }
}
