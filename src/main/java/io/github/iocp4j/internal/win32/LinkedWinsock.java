package io.github.iocp4j.internal.win32;

import io.github.iocp4j.internal.bindings.Iocp;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;

/// The calls of `ws2_32.dll` by the Foreign Function & Memory API. The class can be initialised on Windows only.
public final class LinkedWinsock implements Winsock {
    private static final String SOURCE = "WSAGetLastError";
    private static final long CODE = Linkage.offset(SOURCE);

    // Static and final, so that the JIT compiler turns each call into the native one.
    static final Linkage DLL = new Linkage("ws2_32", SOURCE);
    private static final MethodHandle WSA_STARTUP = DLL.link("WSAStartup");
    private static final MethodHandle WSA_CLEANUP = DLL.link("WSACleanup");
    private static final MethodHandle WSA_SOCKET = DLL.link("WSASocketW");
    private static final MethodHandle CLOSESOCKET = DLL.link("closesocket");
    private static final MethodHandle BIND = DLL.link("bind");
    private static final MethodHandle LISTEN = DLL.link("listen");
    private static final MethodHandle GETSOCKNAME = DLL.link("getsockname");
    private static final MethodHandle SETSOCKOPT = DLL.link("setsockopt");
    private static final MethodHandle GETSOCKOPT = DLL.link("getsockopt");
    private static final MethodHandle IOCTLSOCKET = DLL.link("ioctlsocket");
    private static final MethodHandle SHUTDOWN = DLL.link("shutdown");
    private static final MethodHandle WSA_RECV = DLL.link("WSARecv");
    private static final MethodHandle WSA_SEND = DLL.link("WSASend");
    private static final MethodHandle WSA_IOCTL = DLL.link("WSAIoctl");
    private static final MethodHandle WSA_ENUM_PROTOCOLS = DLL.link("WSAEnumProtocolsW");

    /// Offsets in [Call#out]. Wine writes the flags of an overlapped WSARecv when the operation ends, perhaps long
    /// after the call: that word is used for nothing else.
    private static final long COUNT = 0;

    private static final long FLAGS = 8;
    private static final long OVERLAPPED_FLAGS = 40;

    /// Returns the code itself; WSADATA is smaller than the room for the WSABUFs.
    @Override
    public int WSAStartup(Call call) {
        try {
            return -(int) WSA_STARTUP.invokeExact(
                    call.state(), (short) Win32.WINSOCK_VERSION, call.buffers().address());
        } catch (Throwable e) {
            throw Linkage.broken(e);
        }
    }

    @Override
    public int WSACleanup(Call call) {
        try {
            return result(call, (int) WSA_CLEANUP.invokeExact(call.state()));
        } catch (Throwable e) {
            throw Linkage.broken(e);
        }
    }

    /// INVALID_SOCKET is failure, code in WSAGetLastError.
    @Override
    public long WSASocketW(Call call, int family, int type, int protocol, int flags) {
        try {
            long socket = (long) WSA_SOCKET.invokeExact(call.state(), family, type, protocol, 0L, 0, flags);
            return socket != Win32.INVALID_SOCKET ? socket : Linkage.failure(call, CODE);
        } catch (Throwable e) {
            throw Linkage.broken(e);
        }
    }

    @Override
    public int closesocket(Call call, long socket) {
        try {
            return result(call, (int) CLOSESOCKET.invokeExact(call.state(), socket));
        } catch (Throwable e) {
            throw Linkage.broken(e);
        }
    }

    @Override
    public int bind(Call call, long socket, long name, int nameLength) {
        try {
            return result(call, (int) BIND.invokeExact(call.state(), socket, name, nameLength));
        } catch (Throwable e) {
            throw Linkage.broken(e);
        }
    }

    @Override
    public int listen(Call call, long socket, int backlog) {
        try {
            return result(call, (int) LISTEN.invokeExact(call.state(), socket, backlog));
        } catch (Throwable e) {
            throw Linkage.broken(e);
        }
    }

    @Override
    public int getsockname(Call call, long socket, long name, int nameCapacity) {
        try {
            call.out().set(ValueLayout.JAVA_INT, COUNT, nameCapacity);
            return counted(call, (int) GETSOCKNAME.invokeExact(
                    call.state(), socket, name, call.out().address() + COUNT));
        } catch (Throwable e) {
            throw Linkage.broken(e);
        }
    }

    @Override
    public int setsockopt(Call call, long socket, int level, int option, long value, int valueLength) {
        try {
            return result(call, (int) SETSOCKOPT.invokeExact(call.state(), socket, level, option, value, valueLength));
        } catch (Throwable e) {
            throw Linkage.broken(e);
        }
    }

    @Override
    public int getsockopt(Call call, long socket, int level, int option, long value, int valueCapacity) {
        try {
            call.out().set(ValueLayout.JAVA_INT, COUNT, valueCapacity);
            return counted(call, (int) GETSOCKOPT.invokeExact(
                    call.state(), socket, level, option, value, call.out().address() + COUNT));
        } catch (Throwable e) {
            throw Linkage.broken(e);
        }
    }

    @Override
    public int ioctlsocket(Call call, long socket, int command, int argument) {
        try {
            call.out().set(ValueLayout.JAVA_INT, COUNT, argument);
            return result(call, (int) IOCTLSOCKET.invokeExact(
                    call.state(), socket, command, call.out().address() + COUNT));
        } catch (Throwable e) {
            throw Linkage.broken(e);
        }
    }

    @Override
    public int shutdown(Call call, long socket, int how) {
        try {
            return result(call, (int) SHUTDOWN.invokeExact(call.state(), socket, how));
        } catch (Throwable e) {
            throw Linkage.broken(e);
        }
    }

    @Override
    public int WSAIoctl(Call call, long socket, int controlCode, long input, int inputLength) {
        try {
            return result(call, (int) WSA_IOCTL.invokeExact(
                    call.state(),
                    socket,
                    controlCode,
                    input,
                    inputLength,
                    0L,
                    0,
                    call.out().address() + COUNT,
                    0L,
                    0L));
        } catch (Throwable e) {
            throw Linkage.broken(e);
        }
    }

    @Override
    public int WSARecv(Call call, long socket, int bufferCount, long overlapped) {
        // The count of an overlapped call is in its packet; asking for it here too would give a wrong one at
        // times.
        long out = call.out().address();
        long count = overlapped == 0 ? out + COUNT : 0;
        long flags = overlapped == 0 ? FLAGS : OVERLAPPED_FLAGS;
        try {
            call.out().set(ValueLayout.JAVA_INT, flags, 0);
            int failed = (int) WSA_RECV.invokeExact(
                    call.state(), socket, call.buffers().address(), bufferCount, count, out + flags, overlapped, 0L);
            return overlapped == 0 ? counted(call, failed) : result(call, failed);
        } catch (Throwable e) {
            throw Linkage.broken(e);
        }
    }

    @Override
    public int WSASend(Call call, long socket, int bufferCount, long overlapped) {
        long count = overlapped == 0 ? call.out().address() + COUNT : 0;
        try {
            int failed = (int) WSA_SEND.invokeExact(
                    call.state(), socket, call.buffers().address(), bufferCount, count, 0, overlapped, 0L);
            return overlapped == 0 ? counted(call, failed) : result(call, failed);
        } catch (Throwable e) {
            throw Linkage.broken(e);
        }
    }

    /// SOCKET_ERROR is failure, code in WSAGetLastError; the result is a count else.
    @Override
    public int WSAEnumProtocolsW(Call call, long protocols, int capacityBytes) {
        try {
            call.out().set(ValueLayout.JAVA_INT, COUNT, capacityBytes);
            int count = (int) WSA_ENUM_PROTOCOLS.invokeExact(
                    call.state(), 0L, protocols, call.out().address() + COUNT);
            return count != Win32.SOCKET_ERROR ? count : Linkage.failure(call, CODE);
        } catch (Throwable e) {
            throw Linkage.broken(e);
        }
    }

    @Override
    public WinsockExtensions extensions(Call call, long socket) {
        return new LinkedWinsockExtensions(
                extension(call, socket, "AcceptEx", Iocp.WSAID_ACCEPTEX_LOW(), Iocp.WSAID_ACCEPTEX_HIGH()),
                extension(call, socket, "ConnectEx", Iocp.WSAID_CONNECTEX_LOW(), Iocp.WSAID_CONNECTEX_HIGH()),
                extension(
                        call,
                        socket,
                        "GetAcceptExSockaddrs",
                        Iocp.WSAID_GETACCEPTEXSOCKADDRS_LOW(),
                        Iocp.WSAID_GETACCEPTEXSOCKADDRS_HIGH()),
                extension(call, socket, "TransmitFile", Iocp.WSAID_TRANSMITFILE_LOW(), Iocp.WSAID_TRANSMITFILE_HIGH()));
    }

    /// The address of an extension function. Its GUID and the result lie in [Call#address].
    private static long extension(Call call, long socket, String name, long guidLow, long guidHigh) {
        long guid = call.address().address();
        call.address().set(ValueLayout.JAVA_LONG, 0, guidLow);
        call.address().set(ValueLayout.JAVA_LONG, 8, guidHigh);
        int failed;
        try {
            failed = (int) WSA_IOCTL.invokeExact(
                    call.state(),
                    socket,
                    Win32.SIO_GET_EXTENSION_FUNCTION_POINTER,
                    guid,
                    16,
                    guid + 16,
                    8,
                    call.out().address() + COUNT,
                    0L,
                    0L);
        } catch (Throwable e) {
            throw Linkage.broken(e);
        }
        if (failed != 0) {
            throw new UnsatisfiedLinkError(
                    "The socket's provider has no " + name + ": WSAIoctl: " + -Linkage.failure(call, CODE));
        }
        return call.address().get(ValueLayout.JAVA_LONG, 16);
    }

    /// A result as this interface has it: SOCKET_ERROR is failure, code in WSAGetLastError.
    private static int result(Call call, int failed) {
        return failed == 0 ? 0 : Linkage.failure(call, CODE);
    }

    /// The same for an extension, which returns a BOOL: FALSE is failure, code in WSAGetLastError.
    static int started(Call call, int done) {
        return done != 0 ? 0 : Linkage.failure(call, CODE);
    }

    /// The same for a call that left a count, in bytes.
    private static int counted(Call call, int failed) {
        return failed == 0 ? call.out().get(ValueLayout.JAVA_INT, COUNT) : Linkage.failure(call, CODE);
    }
}
