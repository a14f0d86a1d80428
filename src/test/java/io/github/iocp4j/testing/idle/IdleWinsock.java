package io.github.iocp4j.testing.idle;

import io.github.iocp4j.internal.win32.Call;
import io.github.iocp4j.internal.win32.Win32;
import io.github.iocp4j.internal.win32.Winsock;
import io.github.iocp4j.internal.win32.WinsockExtensions;
import java.lang.foreign.ValueLayout;

/// The idle `ws2_32.dll` and its extensions.
final class IdleWinsock implements Winsock, WinsockExtensions {
    private static final int IPV4_BYTES = 16;

    private final IdleKernel kernel;

    IdleWinsock(IdleKernel kernel) {
        this.kernel = kernel;
    }

    @Override
    public int WSAStartup(Call call) {
        return 0;
    }

    @Override
    public int WSACleanup(Call call) {
        return 0;
    }

    @Override
    public long WSASocketW(Call call, int family, int type, int protocol, int flags) {
        return kernel.open();
    }

    @Override
    public int closesocket(Call call, long socket) {
        return 0;
    }

    @Override
    public int bind(Call call, long socket, long name, int nameLength) {
        return 0;
    }

    @Override
    public int listen(Call call, long socket, int backlog) {
        return 0;
    }

    @Override
    public int getsockname(Call call, long socket, long name, int nameCapacity) {
        IdleKernel.MEMORY.asSlice(name, IPV4_BYTES).fill((byte) 0);
        IdleKernel.MEMORY.set(ValueLayout.JAVA_SHORT_UNALIGNED, name, (short) Win32.AF_INET);
        return IPV4_BYTES;
    }

    @Override
    public int setsockopt(Call call, long socket, int level, int option, long value, int valueLength) {
        return 0;
    }

    @Override
    public int getsockopt(Call call, long socket, int level, int option, long value, int valueCapacity) {
        return 0;
    }

    @Override
    public int ioctlsocket(Call call, long socket, int command, int argument) {
        return 0;
    }

    @Override
    public int shutdown(Call call, long socket, int how) {
        kernel.shutdown(socket);
        return 0;
    }

    @Override
    public int WSAIoctl(Call call, long socket, int controlCode, long input, int inputLength) {
        return 0;
    }

    @Override
    public int WSARecv(Call call, long socket, int bufferCount, long overlapped) {
        return kernel.receive(socket, call.bufferAddress(0), call.bufferLength(0), overlapped);
    }

    @Override
    public int WSASend(Call call, long socket, int bufferCount, long overlapped) {
        int bytes = 0;
        for (int i = 0; i < bufferCount; i++) {
            bytes += call.bufferLength(i);
        }
        return kernel.send(socket, bytes, overlapped);
    }

    /// All providers are of the kind that may skip the port on success: there is none.
    @Override
    public int WSAEnumProtocolsW(Call call, long protocols, int capacityBytes) {
        return 0;
    }

    @Override
    public WinsockExtensions extensions(Call call, long socket) {
        return this;
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
        int _ = getsockname(call, listenSocket, outputBuffer, IPV4_BYTES);
        int _ = getsockname(call, listenSocket, outputBuffer + localAddressLength, IPV4_BYTES);
        return kernel.accept(listenSocket, overlapped);
    }

    @Override
    public void GetAcceptExSockaddrs(
            Call call, long outputBuffer, int receiveDataLength, int localAddressLength, int remoteAddressLength) {
        call.setAddresses(outputBuffer, outputBuffer + localAddressLength);
    }

    @Override
    public int ConnectEx(Call call, long socket, long name, int nameLength, long overlapped) {
        return kernel.connect(socket, overlapped);
    }

    @Override
    public int TransmitFile(Call call, long socket, long file, int length, long overlapped, int flags) {
        throw new AssertionError("the idle kernel has no files");
    }
}
