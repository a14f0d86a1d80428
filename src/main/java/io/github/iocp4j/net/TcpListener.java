package io.github.iocp4j.net;

import io.github.iocp4j.error.WinsockException;
import io.github.iocp4j.internal.host.Host;
import io.github.iocp4j.internal.win32.Call;
import io.github.iocp4j.internal.win32.Win32;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/// A listening TCP socket with several AcceptEx pending.
///
/// Each accept is made again as soon as it is home, whatever its outcome: a failed one never ends listening, and
/// one that Windows refuses for want of memory is tried again by the timer, after 10 ms, doubling to 1 s.
/// AcceptEx asks for no data, so that a server may speak first, unless [ListenOptions#withData] says that it is
/// the peer who does: then a connection is delivered with its first bytes, and one that has sent none never.
///
/// Source: AcceptEx, GetAcceptExSockaddrs, SO_UPDATE_ACCEPT_CONTEXT; the article's section 8 promises it.
public final class TcpListener implements AutoCloseable {
    private final TcpTransport transport;
    private final SocketGate gate;
    private final AcceptHandler handler;
    private final InetSocketAddress localAddress;
    private final int family;
    private final Arena arena;
    private final List<PendingAccept> accepts = new ArrayList<>();
    private final ListenOptions options;
    private @Nullable SilentPeers silentPeers;

    /// Accepts that are not over for good, calls of the handler, and one for the socket until it is closed.
    private final AtomicInteger active = new AtomicInteger(1);

    private TcpListener(
            TcpTransport transport,
            long socket,
            InetSocketAddress localAddress,
            ListenOptions options,
            AcceptHandler handler) {
        this.transport = transport;
        family = SocketAddresses.family(localAddress);
        this.options = options;
        this.localAddress = localAddress;
        this.handler = handler;
        gate = new SocketGate(transport.host(), socket, this::leave);
        arena = transport.host().newArena();
    }

    static TcpListener open(
            TcpTransport transport, InetSocketAddress address, ListenOptions options, AcceptHandler handler)
            throws IOException {
        int family = SocketAddresses.family(address);
        long socket = transport.newSocket(family);
        InetSocketAddress local;
        try {
            local = bindAndListen(transport.host(), socket, address, options);
            transport.port().associate(socket, 0);
        } catch (IOException e) {
            Call call = transport.host().calls().acquire();
            transport.host().winsock().closesocket(call, socket);
            transport.host().calls().release(call);
            throw e;
        }
        TcpListener listener = new TcpListener(transport, socket, local, options, handler);
        listener.start(options.pendingAccepts());
        return listener;
    }

    /// Where it listens, with the port that Windows chose when 0 was asked for.
    public InetSocketAddress localAddress() {
        return localAddress;
    }

    /// Stops listening. Accepts that are pending come home cancelled; a peer that won the race is reset, because
    /// its socket can't be made a full one without the listener. When the last accept is home and the address is
    /// free, [AcceptHandler#listenerClosed] is called. Later calls do nothing.
    @Override
    public void close() {
        if (gate.close(false)) {
            // Whoever waits for a timer has no packet on its way that would tell it.
            for (PendingAccept accept : accepts) {
                accept.interruptRetry();
            }
            SilentPeers looks = silentPeers;
            if (looks != null) {
                looks.interrupt();
            }
        }
    }

    TcpTransport transport() {
        return transport;
    }

    /// Its accepts, which never change.
    List<PendingAccept> accepts() {
        return accepts;
    }

    boolean isWithData() {
        return options.withData();
    }

    SocketGate gate() {
        return gate;
    }

    AcceptHandler handler() {
        return handler;
    }

    int family() {
        return family;
    }

    /// For an accept that is not over: the handler is about to be called.
    void enter() {
        active.incrementAndGet();
    }

    /// An accept is over for good, a call of the handler has returned, or the socket is closed; with the last of
    /// them the memory goes.
    void leave() {
        if (active.decrementAndGet() == 0) {
            arena.close();
            handler.listenerClosed();
        }
    }

    private void start(int pendingAccepts) {
        MemorySegment memory = arena.allocate((long) pendingAccepts * PendingAccept.BUFFER_BYTES, 16);
        for (int i = 0; i < pendingAccepts; i++) {
            MemorySegment buffer = memory.asSlice((long) i * PendingAccept.BUFFER_BYTES, PendingAccept.BUFFER_BYTES);
            accepts.add(new PendingAccept(this, buffer));
        }
        active.addAndGet(pendingAccepts);
        if (options.withData() && options.firstData().isPositive()) {
            active.incrementAndGet();
            SilentPeers looks = new SilentPeers(this, options.firstData());
            silentPeers = looks;
            looks.lookLater();
        }
        accepts.forEach(PendingAccept::post);
    }

    private static InetSocketAddress bindAndListen(
            Host host, long socket, InetSocketAddress address, ListenOptions options) throws WinsockException {
        Call call = host.calls().acquire();
        try {
            MemorySegment name = call.address();
            name.set(ValueLayout.JAVA_INT, 0, 1);
            int exclusive = host.winsock()
                    .setsockopt(call, socket, Win32.SOL_SOCKET, Win32.SO_EXCLUSIVEADDRUSE, name.address(), 4);
            TcpTransport.check("setsockopt(SO_EXCLUSIVEADDRUSE)", exclusive);
            if (SocketAddresses.family(address) == Win32.AF_INET6) {
                name.set(ValueLayout.JAVA_INT, 0, options.dualStack() ? 0 : 1);
                int single = host.winsock()
                        .setsockopt(call, socket, Win32.IPPROTO_IPV6, Win32.IPV6_V6ONLY, name.address(), 4);
                TcpTransport.check("setsockopt(IPV6_V6ONLY)", single);
            }
            int length = SocketAddresses.write(address, name);
            TcpTransport.check("bind", host.winsock().bind(call, socket, name.address(), length));
            TcpTransport.check("listen", host.winsock().listen(call, socket, options.backlog()));
            int written = host.winsock().getsockname(call, socket, name.address(), (int) name.byteSize());
            TcpTransport.check("getsockname", written);
            return SocketAddresses.read(name);
        } finally {
            host.calls().release(call);
        }
    }
}
