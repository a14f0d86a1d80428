package io.github.iocp4j;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.iocp4j.CloseReason.Kind;
import io.github.iocp4j.error.WinsockException;
import io.github.iocp4j.internal.win32.Win32;
import io.github.iocp4j.testing.ChangedSockets;
import io.github.iocp4j.testing.Peer;
import io.github.iocp4j.testing.PeerListener;
import java.io.IOException;
import java.net.Inet4Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/// Where an endpoint listens, and how the sockets of its connections are set.
abstract class EndpointSocketsContract extends EndpointContract {
    private static final InetAddress LOOPBACK_4 = InetAddress.ofLiteral("127.0.0.1");
    private static final InetAddress LOOPBACK_6 = InetAddress.ofLiteral("::1");
    private static final InetSocketAddress ANY_6 = new InetSocketAddress(InetAddress.ofLiteral("::"), 0);

    EndpointSocketsContract(Kernels kernels) {
        super(kernels);
    }

    @Test
    void severalAddressesOfBothFamiliesAreServed() {
        check(stand -> {
            InetSocketAddress four = new InetSocketAddress(LOOPBACK_4, 0);
            InetSocketAddress six = new InetSocketAddress(LOOPBACK_6, 0);
            TestEndpoint server = serve(stand, EndpointOptions.server(four, six, four));
            List<InetSocketAddress> addresses = server.endpoint().localAddresses();
            assertEquals(
                    List.of(LOOPBACK_4, LOOPBACK_6, LOOPBACK_4),
                    addresses.stream().map(InetSocketAddress::getAddress).toList());
            assertEquals(addresses.getFirst(), server.endpoint().localAddress());
            for (InetSocketAddress address : addresses) {
                expectEcho(stand, address);
            }
            server.expectEnds(addresses.size(), Kind.PEER_CLOSED);
        });
    }

    @Test
    void dualStackShowsPeersOfIpv4AsSuch() {
        check(stand -> {
            TestEndpoint server = serve(stand, EndpointOptions.server(ANY_6).dualStack(true));
            int port = server.endpoint().localAddress().getPort();
            expectEcho(stand, new InetSocketAddress(LOOPBACK_4, port));
            Connection connection = server.awaitConnection(0);
            assertInstanceOf(Inet4Address.class, connection.remoteAddress().getAddress());
            assertEquals(new InetSocketAddress(LOOPBACK_4, port), connection.localAddress());
            expectEcho(stand, new InetSocketAddress(LOOPBACK_6, port));
            server.expectEnds(2, Kind.PEER_CLOSED);
        });
    }

    @Test
    void ipv6AloneIsTheDefault() {
        checkLong(stand -> {
            TestEndpoint server = serve(stand, EndpointOptions.server(ANY_6));
            int port = server.endpoint().localAddress().getPort();
            assertThrows(IOException.class, () -> expectEcho(stand, new InetSocketAddress(LOOPBACK_4, port)));
            TestEndpoint beside = serve(stand, EndpointOptions.server(port));
            expectEcho(stand, new InetSocketAddress(LOOPBACK_4, port));
            expectEcho(stand, new InetSocketAddress(LOOPBACK_6, port));
            server.expectEnds(1, Kind.PEER_CLOSED);
            beside.expectEnds(1, Kind.PEER_CLOSED);
        });
    }

    @Test
    void clientConnectsByIpv6() {
        check(stand -> {
            TestEndpoint server = serve(stand, EndpointOptions.server(new InetSocketAddress(LOOPBACK_6, 0)));
            TestEndpoint client = stand.client(new Echo(), options -> options);
            assertTrue(client.endpoint().connect(server.endpoint().localAddress(), null));
            Connection connection = client.awaitConnection(0);
            assertEquals(server.endpoint().localAddress(), connection.remoteAddress());
            assertEquals(connection.localAddress(), server.awaitConnection(0).remoteAddress());
        });
    }

    @Test
    void acceptedAndConnectedSocketsHaveTheirOptions() {
        check(stand -> {
            ChangedSockets sockets = new ChangedSockets(stand.kernel().host());
            List<Integer> expected = List.of(
                    Win32.SO_KEEPALIVE,
                    Win32.TCP_KEEPIDLE,
                    Win32.TCP_KEEPINTVL,
                    Win32.TCP_KEEPCNT,
                    Win32.SO_SNDBUF,
                    Win32.SO_RCVBUF);
            TestEndpoint server = stand.start(
                    sockets.host(),
                    EndpointOptions.server(new InetSocketAddress(LOOPBACK_4, 0)),
                    new Echo(),
                    each -> each.maxConnections(8)
                            .noDelay(false)
                            .keepAlive(60, 5, 3)
                            .socketSendBufferBytes(50_000)
                            .socketReceiveBufferBytes(60_000));
            expectEcho(stand, server.endpoint().localAddress());
            assertEquals(1, count(sockets, Win32.SO_UPDATE_ACCEPT_CONTEXT));
            for (int option : expected) {
                assertEquals(1, count(sockets, option), "option " + option);
            }
            assertEquals(0, count(sockets, Win32.TCP_NODELAY));
            try (PeerListener listener = stand.kernel().listen()) {
                assertTrue(server.endpoint().connect(listener.address(), null));
                listener.accept().close();
                server.expectEnds(2, Kind.PEER_CLOSED);
            }
            for (int option : expected) {
                assertEquals(2, count(sockets, option), "option " + option);
            }
        });
    }

    @Test
    void optionThatIsRefusedFailsTheConnect() {
        check(stand -> {
            ChangedSockets sockets = new ChangedSockets(stand.kernel().host());
            sockets.refuse(Win32.TCP_NODELAY, Win32.WSAENOBUFS);
            AtomicReference<@Nullable IOException> cause = new AtomicReference<>();
            EndpointHandler handler = new EndpointHandler() {
                @Override
                public void frameReceived(Connection connection, Frame frame) {}

                @Override
                public void connectFailed(
                        InetSocketAddress address, @Nullable Object attachment, IOException exception) {
                    cause.set(exception);
                }
            };
            TestEndpoint client = stand.start(
                    sockets.host(), EndpointOptions.client(), handler, options -> options.maxConnections(2));
            try (PeerListener listener = stand.kernel().listen()) {
                assertTrue(client.endpoint().connect(listener.address(), null));
                stand.await("the failure", () -> cause.get() != null);
            }
            assertEquals(
                    "setsockopt(TCP_NODELAY)",
                    assertInstanceOf(WinsockException.class, cause.get()).call());
            assertEquals(0, client.endpoint().connectionCount());
        });
    }

    private static TestEndpoint serve(Stand stand, EndpointOptions.Builder builder) throws IOException {
        return stand.start(
                builder, new Echo(), options -> options.maxConnections(8).pendingAccepts(2));
    }

    private static void expectEcho(Stand stand, InetSocketAddress address) throws IOException {
        try (Peer peer = stand.kernel().connect(address)) {
            byte[] payload = WireFrames.random(stand.random(), 1000);
            peer.write(WireFrames.encode(payload));
            WireFrames.expect(peer, payload);
        }
    }

    private static long count(ChangedSockets sockets, int option) {
        return sockets.options().stream().filter(each -> each == option).count();
    }
}
