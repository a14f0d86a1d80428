package io.github.iocp4j.net;

import io.github.iocp4j.error.WinsockException;
import io.github.iocp4j.internal.host.Host;
import io.github.iocp4j.internal.win32.Call;
import io.github.iocp4j.internal.win32.Win32;
import io.github.iocp4j.internal.win32.WinsockExtensions;
import io.github.iocp4j.port.CompletionPort;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.net.InetSocketAddress;

/// TCP on one completion port: where its listeners and channels come from.
///
/// It starts Winsock, finds AcceptEx, ConnectEx and GetAcceptExSockaddrs, and finds out whether calls that are
/// done at once may go without a packet. Any thread may use it. Closing it ends this use of Winsock; its channels
/// and listeners are closed before.
///
/// Source: WSAStartup, WSAIoctl(SIO_GET_EXTENSION_FUNCTION_POINTER), WSAEnumProtocolsW.
public final class TcpTransport implements AutoCloseable {
    private static final System.Logger LOG = System.getLogger(TcpTransport.class.getName());

    // WSAPROTOCOL_INFOW: 628 bytes; dwServiceFlags1 +0, iProtocol +92
    private static final int PROTOCOL_BYTES = 628;
    private static final int FLAGS_OFFSET = 0;
    private static final int PROTOCOL_OFFSET = 92;
    private static final int MOST_PROTOCOLS = 256;

    private final CompletionPort port;
    private final Host host;
    private final WinsockExtensions extensions;
    private final boolean skipOnSuccess;
    private final SocketOptions socketOptions;

    private TcpTransport(CompletionPort port) throws WinsockException {
        this.port = port;
        host = port.host();
        socketOptions = new SocketOptions(host, LOG);
        Call call = host.calls().acquire();
        try {
            check("WSAStartup", host.winsock().WSAStartup(call));
            skipOnSuccess = allProvidersHaveIfsHandles(call);
            long socket = newSocket(call, Win32.AF_INET);
            extensions = host.winsock().extensions(call, socket);
            host.winsock().closesocket(call, socket);
        } finally {
            host.calls().release(call);
        }
    }

    /// Starts TCP on `port`.
    ///
    /// @throws WinsockException when Winsock can't be started
    public static TcpTransport on(CompletionPort port) throws WinsockException {
        return new TcpTransport(port);
    }

    /// A new channel, not connected.
    ///
    /// @param remote the address that it will be connected to, which decides on IPv4 or IPv6
    /// @param key comes with each packet of the channel
    /// @throws IOException when the socket can't be made or associated with the port
    public TcpChannel newChannel(InetSocketAddress remote, long key) throws IOException {
        TcpChannel channel = new TcpChannel(this, newSocket(SocketAddresses.family(remote)));
        try {
            channel.associate(key);
            return channel;
        } catch (IOException e) {
            channel.abort();
            throw e;
        }
    }

    /// Binds a listener and begins to listen.
    ///
    /// @param address where to listen; port 0 lets Windows choose one
    /// @throws IOException when the address can't be had: WSAEADDRINUSE or WSAEACCES when it is taken
    public TcpListener listen(InetSocketAddress address, ListenOptions options, AcceptHandler handler)
            throws IOException {
        return TcpListener.open(this, address, options, handler);
    }

    /// The port of this transport.
    public CompletionPort port() {
        return port;
    }

    /// Whether calls that are done at once go without a packet: only if every TCP provider of the machine is of
    /// the kind whose sockets are real handles. With one that is not, packets would be lost.
    public boolean skipsOnSuccess() {
        return skipOnSuccess;
    }

    @Override
    public void close() {
        Call call = host.calls().acquire();
        host.winsock().WSACleanup(call);
        host.calls().release(call);
    }

    WinsockExtensions extensions() {
        return extensions;
    }

    SocketOptions socketOptions() {
        return socketOptions;
    }

    Host host() {
        return host;
    }

    /// A new TCP socket for overlapped calls, which child processes do not inherit.
    long newSocket(int family) throws WinsockException {
        Call call = host.calls().acquire();
        try {
            return newSocket(call, family);
        } finally {
            host.calls().release(call);
        }
    }

    static void check(String name, int result) throws WinsockException {
        if (result < 0) {
            throw new WinsockException(name, -result);
        }
    }

    private long newSocket(Call call, int family) throws WinsockException {
        int flags = Win32.WSA_FLAG_OVERLAPPED | Win32.WSA_FLAG_NO_HANDLE_INHERIT;
        long socket = host.winsock().WSASocketW(call, family, Win32.SOCK_STREAM, Win32.IPPROTO_TCP, flags);
        if (socket < 0) {
            throw new WinsockException("WSASocketW", (int) -socket);
        }
        return socket;
    }

    private boolean allProvidersHaveIfsHandles(Call call) throws WinsockException {
        try (Arena arena = host.newArena()) {
            MemorySegment protocols = arena.allocate((long) MOST_PROTOCOLS * PROTOCOL_BYTES, 8);
            int count = host.winsock().WSAEnumProtocolsW(call, protocols.address(), (int) protocols.byteSize());
            check("WSAEnumProtocolsW", count);
            for (int i = 0; i < count; i++) {
                MemorySegment protocol = protocols.asSlice((long) i * PROTOCOL_BYTES, PROTOCOL_BYTES);
                boolean tcp = protocol.get(ValueLayout.JAVA_INT, PROTOCOL_OFFSET) == Win32.IPPROTO_TCP;
                if (tcp && (protocol.get(ValueLayout.JAVA_INT, FLAGS_OFFSET) & Win32.XP1_IFS_HANDLES) == 0) {
                    return false;
                }
            }
            return true;
        }
    }
}
