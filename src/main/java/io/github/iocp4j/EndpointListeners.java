package io.github.iocp4j;

import io.github.iocp4j.error.WinsockException;
import io.github.iocp4j.internal.host.Host;
import io.github.iocp4j.internal.host.Signal;
import io.github.iocp4j.net.AcceptHandler;
import io.github.iocp4j.net.ListenOptions;
import io.github.iocp4j.net.TcpListener;
import io.github.iocp4j.net.TcpTransport;
import java.io.IOException;
import java.net.Inet4Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.NetworkInterface;
import java.net.SocketException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;

/// Where an endpoint listens: one listener for each of its addresses, until accepting is stopped for good.
final class EndpointListeners {
    private static final int WSAEACCES = 10013;
    private static final int WSAEADDRINUSE = 10048;
    private static final long RETRY_NANOS = 100_000_000L;
    private static final double NANOS_PER_SECOND = 1e9;

    private final TcpTransport transport;
    private final Host host;
    private final EndpointOptions options;
    private final ListenOptions how;
    private final List<TcpListener> listeners = new CopyOnWriteArrayList<>();
    private final AtomicInteger open = new AtomicInteger();
    private volatile boolean stopped;

    EndpointListeners(TcpTransport transport, EndpointOptions options) {
        this.transport = transport;
        this.options = options;
        how = new ListenOptions(
                options.backlog(),
                options.pendingAccepts(),
                options.dualStack(),
                options.admission().acceptWithData(),
                options.admission().firstDataTimeout());
        host = transport.port().host();
    }

    /// Listens on all addresses; on one that is taken, as soon as it is free.
    ///
    /// @throws IOException when an address can't be had; the caller then stops the others
    void listen(AcceptHandler handler) throws IOException {
        long begun = host.nanoTime();
        for (InetSocketAddress address : options.listenAddresses()) {
            listen(address, begun, handler);
        }
    }

    /// The addresses, in their order, with the ports that Windows chose.
    List<InetSocketAddress> addresses() {
        return listeners.stream().map(TcpListener::localAddress).toList();
    }

    /// The addresses at which peers may reach them: a wildcard stands for all addresses of this machine.
    ///
    /// @throws SocketException when the system does not tell them
    List<InetSocketAddress> hostAddresses() throws SocketException {
        List<InetSocketAddress> reachable = new ArrayList<>();
        for (InetSocketAddress address : addresses()) {
            if (address.getAddress().isAnyLocalAddress()) {
                machineAddresses(address.getAddress())
                        .forEach(each -> reachable.add(new InetSocketAddress(each, address.getPort())));
            } else {
                reachable.add(address);
            }
        }
        return reachable;
    }

    /// Those that others can use come first.
    private Stream<InetAddress> machineAddresses(InetAddress wildcard) throws SocketException {
        boolean ipv4 = wildcard instanceof Inet4Address;
        return NetworkInterface.networkInterfaces()
                .flatMap(NetworkInterface::inetAddresses)
                .filter(each -> ipv4 == each instanceof Inet4Address || (!ipv4 && options.dualStack()))
                .sorted(Comparator.comparing(InetAddress::isLoopbackAddress)
                        .thenComparing(InetAddress::isLinkLocalAddress));
    }

    /// Closes all listeners. From any thread, any number of times.
    void stop() {
        stopped = true;
        listeners.forEach(TcpListener::close);
    }

    /// The last accept of a listener is home.
    void listenerClosed() {
        open.decrementAndGet();
    }

    /// Whether no accept is in flight any more, nor will be.
    boolean isOver() {
        return open.get() == 0;
    }

    private void listen(InetSocketAddress address, long begun, AcceptHandler handler) throws IOException {
        Signal never = host.newSignal();
        long limit = options.bindRetry().toNanos();
        while (true) {
            // First, so that a close that finds nothing open has stopped this.
            open.incrementAndGet();
            if (stopped) {
                open.decrementAndGet();
                return;
            }
            try {
                TcpListener listener = transport.listen(address, how, handler);
                listeners.add(listener);
                if (stopped) {
                    listener.close();
                }
                return;
            } catch (WinsockException e) {
                open.decrementAndGet();
                long waited = host.nanoTime() - begun;
                if (!isTaken(e) || waited >= limit) {
                    throw failure(address, e, waited);
                }
                boolean _ = never.await(Math.min(RETRY_NANOS, limit - waited));
            } catch (IOException e) {
                open.decrementAndGet();
                throw e;
            }
        }
    }

    private WinsockException failure(InetSocketAddress address, WinsockException cause, long waitedNanos) {
        boolean retried = isTaken(cause) && !options.bindRetry().equals(Duration.ZERO);
        String detail = retried
                ? String.format(Locale.ROOT, "%s, tried for %.1f s", address, waitedNanos / NANOS_PER_SECOND)
                : address.toString();
        WinsockException named = new WinsockException(cause.call(), cause.code(), detail);
        named.initCause(cause);
        return named;
    }

    private static boolean isTaken(WinsockException e) {
        return e.code() == WSAEADDRINUSE || e.code() == WSAEACCES;
    }
}
