package io.github.iocp4j.internal.win32;

import io.github.iocp4j.internal.bindings.LPFN_ACCEPTEX;
import io.github.iocp4j.internal.bindings.LPFN_CONNECTEX;
import io.github.iocp4j.internal.bindings.LPFN_GETACCEPTEXSOCKADDRS;
import io.github.iocp4j.internal.bindings.LPFN_TRANSMITFILE;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;

/// Microsoft's extensions of one Winsock provider. The handles are the same for all providers and take the
/// function's address.
final class LinkedWinsockExtensions implements WinsockExtensions {
    private static final MethodHandle ACCEPT_EX = LinkedWinsock.DLL.link(LPFN_ACCEPTEX.Function.class);
    private static final MethodHandle CONNECT_EX = LinkedWinsock.DLL.link(LPFN_CONNECTEX.Function.class);
    private static final MethodHandle GET_ACCEPT_EX_SOCKADDRS =
            LinkedWinsock.DLL.link(LPFN_GETACCEPTEXSOCKADDRS.Function.class);

    private static final MethodHandle TRANSMIT_FILE = LinkedWinsock.DLL.link(LPFN_TRANSMITFILE.Function.class);

    private final MemorySegment acceptEx;
    private final MemorySegment connectEx;
    private final MemorySegment getAcceptExSockaddrs;
    private final MemorySegment transmitFile;

    /// @param acceptEx the functions' addresses, as WSAIoctl gave them
    LinkedWinsockExtensions(long acceptEx, long connectEx, long getAcceptExSockaddrs, long transmitFile) {
        this.acceptEx = MemorySegment.ofAddress(acceptEx);
        this.connectEx = MemorySegment.ofAddress(connectEx);
        this.getAcceptExSockaddrs = MemorySegment.ofAddress(getAcceptExSockaddrs);
        this.transmitFile = MemorySegment.ofAddress(transmitFile);
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
        try {
            return LinkedWinsock.started(call, (int) ACCEPT_EX.invokeExact(
                    acceptEx,
                    call.state(),
                    listenSocket,
                    acceptSocket,
                    outputBuffer,
                    receiveDataLength,
                    localAddressLength,
                    remoteAddressLength,
                    call.out().address(),
                    overlapped));
        } catch (Throwable e) {
            throw Linkage.broken(e);
        }
    }

    /// Cannot fail. The addresses go where [Call#localAddress] and [Call#remoteAddress] look for them, their
    /// lengths behind.
    @Override
    public void GetAcceptExSockaddrs(
            Call call, long outputBuffer, int receiveDataLength, int localAddressLength, int remoteAddressLength) {
        long out = call.out().address();
        try {
            GET_ACCEPT_EX_SOCKADDRS.invokeExact(
                    getAcceptExSockaddrs,
                    call.state(),
                    outputBuffer,
                    receiveDataLength,
                    localAddressLength,
                    remoteAddressLength,
                    out,
                    out + 16,
                    out + 8,
                    out + 24);
        } catch (Throwable e) {
            throw Linkage.broken(e);
        }
    }

    @Override
    public int ConnectEx(Call call, long socket, long name, int nameLength, long overlapped) {
        try {
            return LinkedWinsock.started(call, (int) CONNECT_EX.invokeExact(
                    connectEx,
                    call.state(),
                    socket,
                    name,
                    nameLength,
                    0L,
                    0,
                    call.out().address(),
                    overlapped));
        } catch (Throwable e) {
            throw Linkage.broken(e);
        }
    }

    @Override
    public int TransmitFile(Call call, long socket, long file, int length, long overlapped, int flags) {
        try {
            return LinkedWinsock.started(call, (int) TRANSMIT_FILE.invokeExact(
                    transmitFile, call.state(), socket, file, length, 0, overlapped, 0L, flags));
        } catch (Throwable e) {
            throw Linkage.broken(e);
        }
    }
}
