package io.github.iocp4j.simulation;

import io.github.iocp4j.internal.win32.Win32;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import org.jspecify.annotations.Nullable;

/// setsockopt and getsockopt.
final class SocketOptions {
    private static final long LINGER = key(Win32.SOL_SOCKET, Win32.SO_LINGER);
    private static final long ONLY_IPV6 = key(Win32.IPPROTO_IPV6, Win32.IPV6_V6ONLY);
    private static final int BUFFER_BYTES = 65_536;
    private static final int KEEP_ALIVE_BYTES = 12;
    private static final int MILLIS_PER_SECOND = 1_000;

    private final SimulatedKernel kernel;

    SocketOptions(SimulatedKernel kernel) {
        this.kernel = kernel;
    }

    int set(SimulatedSocket socket, int level, int option, byte[] value) {
        if (level == Win32.SOL_SOCKET && option == Win32.SO_UPDATE_ACCEPT_CONTEXT) {
            return updateAccepted(socket, value);
        }
        if (level == Win32.SOL_SOCKET && option == Win32.SO_UPDATE_CONNECT_CONTEXT) {
            return updateConnected(socket);
        }
        if (!isKnown(level, option)) {
            return -Status.WSAENOPROTOOPT;
        }
        if (value.length < Integer.BYTES) {
            return -Status.WSAEFAULT;
        }
        socket.options.put(key(level, option), value);
        return 0;
    }

    /// WSAIoctl without output.
    int control(SimulatedSocket socket, int code, byte[] input) {
        if (code != Win32.SIO_KEEPALIVE_VALS) {
            return -Status.WSAEOPNOTSUPP;
        }
        if (input.length < KEEP_ALIVE_BYTES) {
            return -Status.WSAEFAULT;
        }
        ByteBuffer values = ByteBuffer.wrap(input).order(ByteOrder.LITTLE_ENDIAN);
        put(socket, Win32.SOL_SOCKET, Win32.SO_KEEPALIVE, values.getInt());
        put(socket, Win32.IPPROTO_TCP, Win32.TCP_KEEPIDLE, values.getInt() / MILLIS_PER_SECOND);
        put(socket, Win32.IPPROTO_TCP, Win32.TCP_KEEPINTVL, values.getInt() / MILLIS_PER_SECOND);
        return 0;
    }

    byte @Nullable [] get(SimulatedSocket socket, int level, int option) {
        if (level == Win32.SOL_SOCKET && option == Win32.SO_CONNECT_TIME) {
            boolean never = socket.connectedAt == SimulatedSocket.NEVER;
            long nanos = kernel.scheduler.nanoTime() - socket.connectedAt;
            return bytes(never ? -1 : (int) (nanos / 1_000_000_000L)).array();
        }
        byte[] value = socket.options.get(key(level, option));
        if (value == null && isKnown(level, option)) {
            int initial = level == Win32.SOL_SOCKET && (option == Win32.SO_SNDBUF || option == Win32.SO_RCVBUF)
                    ? BUFFER_BYTES
                    : 0;
            value = bytes(initial).array();
        }
        return value;
    }

    boolean isDual(SimulatedSocket socket) {
        byte[] value = socket.options.get(ONLY_IPV6);
        return socket.family == Win32.AF_INET6
                && value != null
                && ByteBuffer.wrap(value).getInt() == 0;
    }

    /// Whether linger {1, 0} is set.
    static boolean closesByReset(SimulatedSocket socket) {
        byte[] value = socket.options.get(LINGER);
        if (value == null) {
            return false;
        }
        ByteBuffer linger = ByteBuffer.wrap(value).order(ByteOrder.LITTLE_ENDIAN);
        return linger.getShort() != 0 && linger.getShort() == 0;
    }

    private int updateAccepted(SimulatedSocket socket, byte[] value) {
        SimulatedSocket listener = socket.listener;
        if (value.length != Long.BYTES) {
            return -Status.WSAEFAULT;
        }
        if (listener == null || socket.state != SimulatedSocket.State.CONNECTED) {
            return -Status.WSAEINVAL;
        }
        long handle = ByteBuffer.wrap(value).order(ByteOrder.LITTLE_ENDIAN).getLong();
        if (handle != listener.handle) {
            throw kernel.fail("SO_UPDATE_ACCEPT_CONTEXT on " + socket + " names " + handle + " as its listener");
        }
        if (listener.closed) {
            return -Win32.WSAENOTSOCK;
        }
        if (socket.end != null && socket.end.isReset() && kernel.chance(50)) {
            return -Win32.WSAENOTCONN;
        }
        socket.options.clear();
        socket.options.putAll(listener.options);
        socket.nonBlocking = listener.nonBlocking;
        socket.contextUpdated = true;
        return 0;
    }

    private int updateConnected(SimulatedSocket socket) {
        if (socket.listener != null || socket.state != SimulatedSocket.State.CONNECTED) {
            return -Win32.WSAENOTCONN;
        }
        socket.contextUpdated = true;
        return 0;
    }

    private static boolean isKnown(int level, int option) {
        return switch (level) {
            case Win32.SOL_SOCKET ->
                switch (option) {
                    case Win32.SO_KEEPALIVE,
                            Win32.SO_LINGER,
                            Win32.SO_EXCLUSIVEADDRUSE,
                            Win32.SO_SNDBUF,
                            Win32.SO_RCVBUF -> true;
                    default -> false;
                };
            case Win32.IPPROTO_TCP ->
                switch (option) {
                    case Win32.TCP_NODELAY, Win32.TCP_KEEPIDLE, Win32.TCP_KEEPINTVL, Win32.TCP_KEEPCNT -> true;
                    default -> false;
                };
            case Win32.IPPROTO_IPV6 -> option == Win32.IPV6_V6ONLY;
            default -> false;
        };
    }

    private static void put(SimulatedSocket socket, int level, int option, int value) {
        socket.options.put(key(level, option), bytes(value).array());
    }

    private static ByteBuffer bytes(int value) {
        return ByteBuffer.allocate(Integer.BYTES)
                .order(ByteOrder.LITTLE_ENDIAN)
                .putInt(value)
                .flip();
    }

    private static long key(int level, int option) {
        return ((long) level << 32) | Integer.toUnsignedLong(option);
    }
}
