package io.github.iocp4j.testing;

import io.github.iocp4j.internal.win32.Call;
import io.github.iocp4j.internal.win32.Winsock;
import io.github.iocp4j.internal.win32.WinsockExtensions;

/// Counts the calls of Winsock, and what they submit.
public final class CountingWinsock implements Winsock {
    private final Winsock winsock;
    private final KernelCounts counts;

    public CountingWinsock(Winsock winsock, KernelCounts counts) {
        this.winsock = winsock;
        this.counts = counts;
    }

    @Override
    public int WSAStartup(Call call) {
        counts.count(CountedCall.WSA_STARTUP);
        return winsock.WSAStartup(call);
    }

    @Override
    public int WSACleanup(Call call) {
        counts.count(CountedCall.WSA_CLEANUP);
        return winsock.WSACleanup(call);
    }

    @Override
    public long WSASocketW(Call call, int family, int type, int protocol, int flags) {
        counts.count(CountedCall.WSA_SOCKET);
        long socket = winsock.WSASocketW(call, family, type, protocol, flags);
        if (socket >= 0) {
            counts.opened(socket);
        }
        return socket;
    }

    @Override
    public int closesocket(Call call, long socket) {
        counts.count(CountedCall.CLOSESOCKET);
        return winsock.closesocket(call, socket);
    }

    @Override
    public int bind(Call call, long socket, long name, int nameLength) {
        counts.count(CountedCall.BIND);
        return winsock.bind(call, socket, name, nameLength);
    }

    @Override
    public int listen(Call call, long socket, int backlog) {
        counts.count(CountedCall.LISTEN);
        return winsock.listen(call, socket, backlog);
    }

    @Override
    public int getsockname(Call call, long socket, long name, int nameCapacity) {
        counts.count(CountedCall.GETSOCKNAME);
        return winsock.getsockname(call, socket, name, nameCapacity);
    }

    @Override
    public int setsockopt(Call call, long socket, int level, int option, long value, int valueLength) {
        counts.count(CountedCall.SETSOCKOPT);
        return winsock.setsockopt(call, socket, level, option, value, valueLength);
    }

    @Override
    public int getsockopt(Call call, long socket, int level, int option, long value, int valueCapacity) {
        counts.count(CountedCall.GETSOCKOPT);
        return winsock.getsockopt(call, socket, level, option, value, valueCapacity);
    }

    @Override
    public int ioctlsocket(Call call, long socket, int command, int argument) {
        counts.count(CountedCall.IOCTLSOCKET);
        return winsock.ioctlsocket(call, socket, command, argument);
    }

    @Override
    public int shutdown(Call call, long socket, int how) {
        counts.count(CountedCall.SHUTDOWN);
        return winsock.shutdown(call, socket, how);
    }

    @Override
    public int WSAIoctl(Call call, long socket, int controlCode, long input, int inputLength) {
        counts.count(CountedCall.WSA_IOCTL);
        return winsock.WSAIoctl(call, socket, controlCode, input, inputLength);
    }

    @Override
    public int WSARecv(Call call, long socket, int bufferCount, long overlapped) {
        if (overlapped == 0) {
            counts.count(CountedCall.WSA_RECV_NON_BLOCKING);
            int result = winsock.WSARecv(call, socket, bufferCount, 0);
            if (result >= 0) {
                counts.doneInline();
            }
            if (result > 0 && result == call.bufferLength(0)) {
                counts.filled();
            }
            return result;
        }
        boolean empty = isEmpty(call, bufferCount);
        OverlappedKind kind = empty ? OverlappedKind.ZERO_BYTE_RECEIVE : OverlappedKind.RECEIVE;
        counts.count(empty ? CountedCall.WSA_RECV_ZERO_BYTE : CountedCall.WSA_RECV);
        counts.begin(kind, socket, overlapped);
        int result = winsock.WSARecv(call, socket, bufferCount, overlapped);
        counts.submitted(kind, socket, overlapped, result);
        return result;
    }

    @Override
    public int WSASend(Call call, long socket, int bufferCount, long overlapped) {
        if (overlapped == 0) {
            counts.count(CountedCall.WSA_SEND_NON_BLOCKING);
            return winsock.WSASend(call, socket, bufferCount, 0);
        }
        counts.count(CountedCall.WSA_SEND);
        counts.begin(OverlappedKind.SEND, socket, overlapped);
        int result = winsock.WSASend(call, socket, bufferCount, overlapped);
        counts.submitted(OverlappedKind.SEND, socket, overlapped, result);
        return result;
    }

    @Override
    public int WSAEnumProtocolsW(Call call, long protocols, int capacityBytes) {
        counts.count(CountedCall.WSA_ENUM_PROTOCOLS);
        return winsock.WSAEnumProtocolsW(call, protocols, capacityBytes);
    }

    @Override
    public WinsockExtensions extensions(Call call, long socket) {
        counts.count(CountedCall.EXTENSIONS);
        return new CountingExtensions(winsock.extensions(call, socket), counts);
    }

    private static boolean isEmpty(Call call, int bufferCount) {
        for (int i = 0; i < bufferCount; i++) {
            if (call.bufferLength(i) != 0) {
                return false;
            }
        }
        return true;
    }
}
