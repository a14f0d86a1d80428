package io.github.iocp4j.net;

import io.github.iocp4j.error.WinsockException;
import io.github.iocp4j.internal.host.Host;
import io.github.iocp4j.internal.win32.Call;
import io.github.iocp4j.internal.win32.Win32;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/// Sets [TcpOptions] on sockets, and tells once of each option that the system lacks.
final class SocketOptions {
    /// What Windows does when nobody says anything: SIO_KEEPALIVE_VALS can't set one of the two only.
    private static final int DEFAULT_IDLE_SECONDS = 7_200;

    private static final int DEFAULT_INTERVAL_SECONDS = 1;
    private static final int MILLIS_PER_SECOND = 1_000;
    private static final int KEEP_ALIVE_BYTES = 12;

    private enum Option {
        TCP_NODELAY(Win32.IPPROTO_TCP, Win32.TCP_NODELAY),
        SO_KEEPALIVE(Win32.SOL_SOCKET, Win32.SO_KEEPALIVE),
        TCP_KEEPIDLE(Win32.IPPROTO_TCP, Win32.TCP_KEEPIDLE),
        TCP_KEEPINTVL(Win32.IPPROTO_TCP, Win32.TCP_KEEPINTVL),
        TCP_KEEPCNT(Win32.IPPROTO_TCP, Win32.TCP_KEEPCNT),
        SIO_KEEPALIVE_VALS(0, Win32.SIO_KEEPALIVE_VALS),
        SO_SNDBUF(Win32.SOL_SOCKET, Win32.SO_SNDBUF),
        SO_RCVBUF(Win32.SOL_SOCKET, Win32.SO_RCVBUF);

        private final int level;
        private final int code;

        Option(int level, int code) {
            this.level = level;
            this.code = code;
        }
    }

    private final Host host;
    private final System.Logger log;

    /// The options whose lack has been told.
    private final Set<Option> told = ConcurrentHashMap.newKeySet();

    SocketOptions(Host host, System.Logger log) {
        this.host = host;
        this.log = log;
    }

    /// Sets what differs from a fresh socket. The caller is inside the socket's gate.
    ///
    /// @throws WinsockException when an option that the system has can't be set
    void apply(long socket, TcpOptions options) throws WinsockException {
        Call call = host.calls().acquire();
        try {
            if (options.noDelay()) {
                set(call, socket, Option.TCP_NODELAY, 1);
            }
            if (options.keepAlive()) {
                set(call, socket, Option.SO_KEEPALIVE, 1);
                setKeepAliveTimes(call, socket, options);
                set(call, socket, Option.TCP_KEEPCNT, options.keepAliveCount());
            }
            set(call, socket, Option.SO_SNDBUF, options.sendBufferBytes());
            set(call, socket, Option.SO_RCVBUF, options.receiveBufferBytes());
        } finally {
            host.calls().release(call);
        }
    }

    /// Windows before version 10 1709 sets the times by a call of its own, both at once.
    private void setKeepAliveTimes(Call call, long socket, TcpOptions options) throws WinsockException {
        int idle = options.keepAliveIdleSeconds();
        int interval = options.keepAliveIntervalSeconds();
        int result = trySet(call, socket, Option.TCP_KEEPIDLE, idle);
        if (result == 0) {
            result = trySet(call, socket, Option.TCP_KEEPINTVL, interval);
        }
        if (!isLack(-result)) {
            check("setsockopt", Option.TCP_KEEPIDLE, result);
            return;
        }
        // struct tcp_keepalive { u_long onoff, keepalivetime, keepaliveinterval; }
        MemorySegment values = call.address();
        values.set(ValueLayout.JAVA_INT, 0, 1);
        values.set(ValueLayout.JAVA_INT, 4, millis(idle, DEFAULT_IDLE_SECONDS));
        values.set(ValueLayout.JAVA_INT, 8, millis(interval, DEFAULT_INTERVAL_SECONDS));
        check(
                "WSAIoctl",
                Option.SIO_KEEPALIVE_VALS,
                host.winsock().WSAIoctl(call, socket, Win32.SIO_KEEPALIVE_VALS, values.address(), KEEP_ALIVE_BYTES));
    }

    private void set(Call call, long socket, Option option, int value) throws WinsockException {
        check("setsockopt", option, trySet(call, socket, option, value));
    }

    /// @return 0 or the negated Winsock code
    private int trySet(Call call, long socket, Option option, int value) {
        if (value == TcpOptions.SYSTEM_DEFAULT) {
            return 0;
        }
        MemorySegment memory = call.address();
        memory.set(ValueLayout.JAVA_INT, 0, value);
        return host.winsock().setsockopt(call, socket, option.level, option.code, memory.address(), Integer.BYTES);
    }

    private void check(String call, Option option, int result) throws WinsockException {
        int code = -result;
        if (code == 0 || isCut(code)) {
            return;
        }
        if (!isLack(code)) {
            throw new WinsockException(call + "(" + option + ")", code);
        }
        if (told.add(option)) {
            log.log(
                    System.Logger.Level.WARNING,
                    "connections go without {0}, which this system refuses: {1}",
                    option,
                    new WinsockException(call, code).getMessage());
        }
    }

    private static boolean isLack(int code) {
        return switch (code) {
            case Win32.WSAENOPROTOOPT, Win32.WSAEOPNOTSUPP, Win32.WSAEINVAL, Win32.WSAEAFNOSUPPORT -> true;
            default -> false;
        };
    }

    /// What setsockopt says of a connection that is gone already.
    private static boolean isCut(int code) {
        return switch (code) {
            case Win32.WSAENETRESET, Win32.WSAECONNABORTED, Win32.WSAECONNRESET, Win32.WSAENOTCONN -> true;
            default -> false;
        };
    }

    private static int millis(int seconds, int otherwise) {
        return MILLIS_PER_SECOND * (seconds == TcpOptions.SYSTEM_DEFAULT ? otherwise : seconds);
    }
}
