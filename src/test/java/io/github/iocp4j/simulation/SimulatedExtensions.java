package io.github.iocp4j.simulation;

import io.github.iocp4j.internal.win32.Call;
import io.github.iocp4j.internal.win32.Win32;
import io.github.iocp4j.internal.win32.WinsockExtensions;
import io.github.iocp4j.simulation.SimulatedMemory.Region;
import io.github.iocp4j.simulation.network.StreamEnd;
import java.net.InetSocketAddress;

/// The simulated extensions of Winsock.
final class SimulatedExtensions implements WinsockExtensions {
    private static final int ADDRESS_EXTRA_BYTES = 16;

    /// With head and tail, which nobody here has.
    private static final int MOST_TRANSMITTED = Integer.MAX_VALUE - 1;

    private final SimulatedKernel kernel;

    SimulatedExtensions(SimulatedKernel kernel) {
        this.kernel = kernel;
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
        return (int) kernel.call(call, "AcceptEx", listenSocket, acceptSocket, () -> {
            SimulatedSocket listener = kernel.socket(listenSocket, "AcceptEx");
            SimulatedSocket accept = kernel.socket(acceptSocket, "AcceptEx");
            if (listener == null || accept == null) {
                return -Win32.WSAENOTSOCK;
            }
            PendingAccepts accepts = listener.accepts;
            if (accepts == null) {
                return -Status.WSAEINVAL;
            }
            checkAcceptSocket(listener, accept);
            int least = SocketAddresses.length(listener.family) + ADDRESS_EXTRA_BYTES;
            if (localAddressLength < least || remoteAddressLength < least) {
                throw kernel.fail("AcceptEx with address buffers of " + localAddressLength + " and "
                        + remoteAddressLength + " bytes, not " + least);
            }
            Region output = kernel.memory.region(
                    outputBuffer, (long) receiveDataLength + localAddressLength + remoteAddressLength, "AcceptEx");
            return accepts.submit(accept, output, localAddressLength, receiveDataLength, overlapped);
        });
    }

    @Override
    public void GetAcceptExSockaddrs(
            Call call, long outputBuffer, int receiveDataLength, int localAddressLength, int remoteAddressLength) {
        long _ = kernel.call(call, "GetAcceptExSockaddrs", localAddressLength, remoteAddressLength, () -> {
            Region region = kernel.memory.region(
                    outputBuffer,
                    (long) receiveDataLength + localAddressLength + remoteAddressLength,
                    "GetAcceptExSockaddrs");
            kernel.inFlight.checkRead(region, "GetAcceptExSockaddrs");
            call.setAddresses(
                    outputBuffer + receiveDataLength + SocketAddresses.ACCEPT_OFFSET,
                    outputBuffer + receiveDataLength + localAddressLength + SocketAddresses.ACCEPT_OFFSET);
            return 0;
        });
    }

    @Override
    public int ConnectEx(Call call, long socket, long name, int nameLength, long overlapped) {
        return (int) kernel.call(call, "ConnectEx", socket, kernel.memory.idOf(overlapped), () -> {
            SimulatedSocket found = kernel.socket(socket, "ConnectEx");
            if (found == null) {
                return -Win32.WSAENOTSOCK;
            }
            switch (found.state) {
                case FRESH -> {
                    return -Status.WSAEINVAL;
                }
                case CONNECTED -> {
                    return -Status.WSAEISCONN;
                }
                case BOUND -> {}
                default -> throw kernel.fail("ConnectEx on " + found);
            }
            checkPort(found, "ConnectEx");
            if (nameLength < SocketAddresses.length(found.family)) {
                return -Status.WSAEFAULT;
            }
            Region region = kernel.memory.region(name, nameLength, "ConnectEx");
            InetSocketAddress target = SocketAddresses.read(region.segment(), found.family);
            if (target == null || target.getPort() == 0 || target.getAddress().isAnyLocalAddress()) {
                return -Status.WSAEADDRNOTAVAIL;
            }
            return found.connect.submit(target, overlapped);
        });
    }

    @Override
    public int TransmitFile(Call call, long socket, long file, int length, long overlapped, int flags) {
        return (int) kernel.call(call, "TransmitFile", socket, kernel.memory.idOf(overlapped), () -> {
            SimulatedSocket found = kernel.socket(socket, "TransmitFile");
            OpenFile open = kernel.files.file(file, "TransmitFile");
            if (found == null || open == null) {
                return -Win32.WSAENOTSOCK;
            }
            checkPort(found, "TransmitFile");
            StreamEnd end = found.end;
            if (!found.isConnectedAndUpdated() || end == null) {
                return -Win32.WSAENOTCONN;
            }
            if (length <= 0 || length > MOST_TRANSMITTED || flags != Win32.TF_USE_KERNEL_APC || !open.mayRead()) {
                throw kernel.fail("TransmitFile of " + length + " bytes of " + open + " with flags " + flags);
            }
            return found.sends.transmit(end, open, length, overlapped);
        });
    }

    private void checkAcceptSocket(SimulatedSocket listener, SimulatedSocket accept) {
        checkPort(listener, "AcceptEx");
        if (accept.state != SimulatedSocket.State.FRESH) {
            throw kernel.fail("AcceptEx with an accept socket that is not fresh: " + accept);
        }
        if (accept.family != listener.family) {
            throw kernel.fail("AcceptEx with an accept socket of another family: " + accept);
        }
        if (!accept.isOverlapped) {
            throw kernel.fail("AcceptEx with an accept socket that can't do overlapped operations: " + accept);
        }
    }

    private void checkPort(SimulatedSocket socket, String name) {
        if (!socket.isOverlapped || socket.port == null) {
            throw kernel.fail(name + " on " + socket + ", which has no port");
        }
    }
}
