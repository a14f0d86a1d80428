package io.github.iocp4j.simulation;

import io.github.iocp4j.internal.win32.Call;
import io.github.iocp4j.internal.win32.Win32;
import io.github.iocp4j.internal.win32.Winsock;
import io.github.iocp4j.internal.win32.WinsockExtensions;
import io.github.iocp4j.simulation.SimulatedMemory.Region;
import io.github.iocp4j.simulation.network.StreamEnd;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.function.LongSupplier;
import java.util.function.ToLongFunction;
import org.jspecify.annotations.Nullable;

/// The simulated `ws2_32.dll`.
final class SimulatedWinsock implements Winsock {
    private static final int WSABUF_BYTES = 16;
    private static final byte RUBBISH = (byte) 0xEE;
    private static final int PROTOCOL_BYTES = 628;
    private static final int IFS_HANDLES_AND_MORE = 0x20066;

    private final SimulatedKernel kernel;
    private final SocketOptions socketOptions;
    private final WinsockExtensions extensions;

    SimulatedWinsock(SimulatedKernel kernel) {
        this.kernel = kernel;
        socketOptions = new SocketOptions(kernel);
        extensions = new SimulatedExtensions(kernel);
    }

    @Override
    public int WSAStartup(Call call) {
        return (int) kernel.call(call, "WSAStartup", 0, 0, () -> {
            kernel.startups++;
            return 0;
        });
    }

    @Override
    public int WSACleanup(Call call) {
        return started(call, "WSACleanup", 0, 0, () -> {
            kernel.startups--;
            return 0;
        });
    }

    @Override
    public long WSASocketW(Call call, int family, int type, int protocol, int flags) {
        return kernel.call(call, "WSASocketW", family, flags, () -> {
            if (kernel.startups == 0) {
                return -Status.WSANOTINITIALISED;
            }
            if ((flags & Win32.WSA_FLAG_NO_HANDLE_INHERIT) == 0) {
                throw kernel.fail("WSASocketW without WSA_FLAG_NO_HANDLE_INHERIT");
            }
            if (type != Win32.SOCK_STREAM || (protocol != 0 && protocol != Win32.IPPROTO_TCP)) {
                return -Status.WSAEOPNOTSUPP;
            }
            if (family != Win32.AF_INET && family != Win32.AF_INET6) {
                return -Status.WSAEAFNOSUPPORT;
            }
            long handle = kernel.handles.reserve();
            boolean isOverlapped = (flags & Win32.WSA_FLAG_OVERLAPPED) != 0;
            kernel.handles.put(handle, new SimulatedSocket(kernel, handle, family, isOverlapped));
            return handle;
        });
    }

    @Override
    public int closesocket(Call call, long socket) {
        return onSocket(call, "closesocket", socket, 0, it -> {
            Operation forgotten = it.uncancelled();
            if (forgotten != null && kernel.options.strictClose()) {
                throw kernel.fail("closesocket over " + forgotten + ", which nobody cancelled");
            }
            // One that is connected and waits for data may be closed: that is how a silent peer is got rid of.
            if (it.state == SimulatedSocket.State.ACCEPTING && !it.firstData.isPending()) {
                throw kernel.fail("closesocket on " + it + " while its AcceptEx is in flight");
            }
            kernel.handles.remove(socket);
            it.close(SocketOptions.closesByReset(it));
            if (it.bound != null && it.listener == null) {
                kernel.network.unbind(it.bound);
            }
            return 0;
        });
    }

    @Override
    public int bind(Call call, long socket, long name, int nameLength) {
        return onSocket(call, "bind", socket, nameLength, it -> {
            InetSocketAddress wanted = address(it, name, nameLength);
            if (wanted == null) {
                return -Status.WSAEFAULT;
            }
            if (it.state != SimulatedSocket.State.FRESH) {
                return -Status.WSAEINVAL;
            }
            InetAddress host = wanted.getAddress();
            if (!host.isAnyLocalAddress() && !host.isLoopbackAddress()) {
                return -Status.WSAEADDRNOTAVAIL;
            }
            it.bound = kernel.network.bind(wanted, socketOptions.isDual(it));
            if (it.bound == null) {
                return -Status.WSAEADDRINUSE;
            }
            it.state = SimulatedSocket.State.BOUND;
            return 0;
        });
    }

    @Override
    public int listen(Call call, long socket, int backlog) {
        return onSocket(call, "listen", socket, backlog, it -> {
            InetSocketAddress bound = it.bound;
            if (it.state != SimulatedSocket.State.BOUND || bound == null) {
                return -Status.WSAEINVAL;
            }
            PendingAccepts accepts = new PendingAccepts(kernel, it, Math.clamp(backlog, 1, 200));
            it.accepts = accepts;
            it.state = SimulatedSocket.State.LISTENING;
            kernel.network.listen(bound, accepts);
            return 0;
        });
    }

    @Override
    public int getsockname(Call call, long socket, long name, int nameCapacity) {
        return onSocket(call, "getsockname", socket, nameCapacity, it -> {
            InetSocketAddress address = it.isConnectedAndUpdated() && it.end != null ? it.end.local() : it.bound;
            int length = SocketAddresses.length(it.family);
            if (address == null) {
                return -Status.WSAEINVAL;
            }
            if (nameCapacity < length) {
                return -Status.WSAEFAULT;
            }
            byte[] bytes = new byte[length];
            SocketAddresses.write(bytes, 0, address, it.family);
            MemorySegment memory =
                    kernel.memory.region(name, nameCapacity, "getsockname").segment();
            MemorySegment.copy(bytes, 0, memory, ValueLayout.JAVA_BYTE, 0, length);
            return length;
        });
    }

    @Override
    public int setsockopt(Call call, long socket, int level, int option, long value, int valueLength) {
        return onSocket(call, "setsockopt", socket, option, it -> {
            // SO_UPDATE_CONNECT_CONTEXT has no value.
            byte[] bytes = valueLength == 0
                    ? new byte[0]
                    : kernel.memory
                            .region(value, valueLength, "setsockopt")
                            .segment()
                            .toArray(ValueLayout.JAVA_BYTE);
            return socketOptions.set(it, level, option, bytes);
        });
    }

    @Override
    public int getsockopt(Call call, long socket, int level, int option, long value, int valueCapacity) {
        return onSocket(call, "getsockopt", socket, option, it -> {
            byte[] bytes = socketOptions.get(it, level, option);
            if (bytes == null) {
                return -Status.WSAENOPROTOOPT;
            }
            if (valueCapacity < bytes.length) {
                return -Status.WSAEFAULT;
            }
            MemorySegment memory =
                    kernel.memory.region(value, valueCapacity, "getsockopt").segment();
            MemorySegment.copy(bytes, 0, memory, ValueLayout.JAVA_BYTE, 0, bytes.length);
            return bytes.length;
        });
    }

    @Override
    public int ioctlsocket(Call call, long socket, int command, int argument) {
        return onSocket(call, "ioctlsocket", socket, argument, it -> {
            if (command != Win32.FIONBIO) {
                return -Status.WSAEOPNOTSUPP;
            }
            it.nonBlocking = argument != 0;
            return 0;
        });
    }

    @Override
    public int shutdown(Call call, long socket, int how) {
        return onSocket(call, "shutdown", socket, how, it -> {
            if (how != Win32.SD_SEND) {
                throw kernel.fail("shutdown(" + how + ") is not simulated");
            }
            StreamEnd end = it.end;
            if (!it.isConnectedAndUpdated() || end == null) {
                return -Win32.WSAENOTCONN;
            }
            if (end.isReset()) {
                return kernel.chance(50) ? -Win32.WSAENOTCONN : -Win32.WSAECONNRESET;
            }
            it.sends.shutdown(end);
            return 0;
        });
    }

    @Override
    public int WSAIoctl(Call call, long socket, int controlCode, long input, int inputLength) {
        return onSocket(call, "WSAIoctl", socket, controlCode, it -> {
            MemorySegment memory =
                    kernel.memory.region(input, inputLength, "WSAIoctl").segment();
            return socketOptions.control(it, controlCode, memory.toArray(ValueLayout.JAVA_BYTE));
        });
    }

    @Override
    public int WSARecv(Call call, long socket, int bufferCount, long overlapped) {
        long id = kernel.memory.idOf(overlapped);
        return onSocket(call, overlapped == 0 ? "WSARecv now" : "WSARecv", socket, id, it -> {
            List<Region> regions = capture(call, bufferCount, "WSARecv");
            StreamEnd end = connection(it, "WSARecv", overlapped);
            if (end == null) {
                return -Win32.WSAENOTCONN;
            }
            return overlapped == 0
                    ? it.receives.receiveNow(end, regions)
                    : it.receives.submit(end, regions, overlapped);
        });
    }

    @Override
    public int WSASend(Call call, long socket, int bufferCount, long overlapped) {
        long id = kernel.memory.idOf(overlapped);
        return onSocket(call, overlapped == 0 ? "WSASend now" : "WSASend", socket, id, it -> {
            List<Region> regions = capture(call, bufferCount, "WSASend");
            StreamEnd end = connection(it, "WSASend", overlapped);
            if (end == null) {
                return -Win32.WSAENOTCONN;
            }
            return overlapped == 0 ? it.sends.sendNow(end, regions) : it.sends.submit(end, regions, overlapped);
        });
    }

    @Override
    public int WSAEnumProtocolsW(Call call, long protocols, int capacityBytes) {
        return started(call, "WSAEnumProtocolsW", capacityBytes, 0, () -> {
            int count = 2;
            if (capacityBytes < count * PROTOCOL_BYTES) {
                return -Win32.WSAENOBUFS;
            }
            MemorySegment memory = kernel.memory
                    .region(protocols, capacityBytes, "WSAEnumProtocolsW")
                    .segment();
            memory.asSlice(0, (long) count * PROTOCOL_BYTES).fill((byte) 0);
            for (int i = 0; i < count; i++) {
                boolean layered = i == 1 && kernel.options.layeredProvider();
                MemorySegment protocol = memory.asSlice((long) i * PROTOCOL_BYTES, PROTOCOL_BYTES);
                protocol.set(
                        ValueLayout.JAVA_INT,
                        0,
                        layered ? IFS_HANDLES_AND_MORE & ~Win32.XP1_IFS_HANDLES : IFS_HANDLES_AND_MORE);
                protocol.set(ValueLayout.JAVA_INT, 40, 1001 + i);
                protocol.set(ValueLayout.JAVA_INT, 44, 1);
                protocol.set(ValueLayout.JAVA_INT, 72, 2);
                protocol.set(ValueLayout.JAVA_INT, 76, i == 0 ? Win32.AF_INET : Win32.AF_INET6);
                protocol.set(ValueLayout.JAVA_INT, 88, Win32.SOCK_STREAM);
                protocol.set(ValueLayout.JAVA_INT, 92, Win32.IPPROTO_TCP);
            }
            return count;
        });
    }

    @Override
    public WinsockExtensions extensions(Call call, long socket) {
        int result = onSocket(call, "WSAIoctl", socket, 0, _ -> 0);
        if (result < 0) {
            throw new UnsatisfiedLinkError("AcceptEx: " + -result);
        }
        return extensions;
    }

    /// Copies the WSABUF array, which nobody may need any more when the call has returned.
    private List<Region> capture(Call call, int bufferCount, String name) {
        if (bufferCount < 1 || bufferCount > Call.MAX_BUFFERS) {
            throw kernel.fail(name + " with " + bufferCount + " buffers");
        }
        List<Region> regions = new ArrayList<>(bufferCount);
        for (int i = 0; i < bufferCount; i++) {
            if (call.bufferLength(i) != 0) {
                regions.add(kernel.memory.region(call.bufferAddress(i), call.bufferLength(i), "data of " + name));
            }
        }
        call.buffers().asSlice(0, (long) bufferCount * WSABUF_BYTES).fill(RUBBISH);
        return regions;
    }

    private @Nullable StreamEnd connection(SimulatedSocket socket, String name, long overlapped) {
        if (socket.state == SimulatedSocket.State.FAILED) {
            throw kernel.fail(name + " on " + socket);
        }
        if (overlapped != 0 && (!socket.isOverlapped || socket.port == null)) {
            throw kernel.fail(name + " with an OVERLAPPED on " + socket + ", which has no port");
        }
        return socket.state == SimulatedSocket.State.CONNECTED ? socket.end : null;
    }

    private @Nullable InetSocketAddress address(SimulatedSocket socket, long name, int nameLength) {
        if (nameLength < SocketAddresses.length(socket.family)) {
            return null;
        }
        return SocketAddresses.read(
                kernel.memory.region(name, nameLength, "socket address").segment(), socket.family);
    }

    private int onSocket(Call call, String name, long socket, long argument, ToLongFunction<SimulatedSocket> effect) {
        return started(call, name, socket, argument, () -> {
            SimulatedSocket found = kernel.socket(socket, name);
            return found == null ? -Win32.WSAENOTSOCK : effect.applyAsLong(found);
        });
    }

    private int started(Call call, String name, long a, long b, LongSupplier effect) {
        return (int) kernel.call(
                call, name, a, b, () -> kernel.startups == 0 ? -Status.WSANOTINITIALISED : effect.getAsLong());
    }
}
