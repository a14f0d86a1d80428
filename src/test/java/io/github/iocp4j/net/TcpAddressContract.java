package io.github.iocp4j.net;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.iocp4j.contract.KernelContract;
import io.github.iocp4j.error.WinsockException;
import io.github.iocp4j.net.TestListener.Accepted;
import io.github.iocp4j.testing.Peer;
import java.io.IOException;
import java.net.ConnectException;
import java.net.Inet4Address;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

abstract class TcpAddressContract extends KernelContract {
    private static final InetAddress LOOPBACK_4 = InetAddress.ofLiteral("127.0.0.1");
    private static final InetAddress LOOPBACK_6 = InetAddress.ofLiteral("::1");
    private static final InetAddress ANY_4 = InetAddress.ofLiteral("0.0.0.0");
    private static final InetAddress ANY_6 = InetAddress.ofLiteral("::");

    /// WSAEACCES and WSAEADDRINUSE: Windows gives either one for a port that is taken.
    private static final Set<Integer> TAKEN = Set.of(10013, 10048);

    TcpAddressContract(boolean simulated) {
        super(simulated);
    }

    @Test
    void eitherFamilyIsListenedTo() {
        check(kernel -> {
            for (InetAddress loopback : List.of(LOOPBACK_4, LOOPBACK_6)) {
                try (TestTransport transport = new TestTransport(kernel)) {
                    TestListener listener = transport.listen(new InetSocketAddress(loopback, 0));
                    assertEquals(loopback, listener.address().getAddress());
                    assertTrue(listener.address().getPort() != 0);
                    expectPeer(transport, listener, loopback);
                }
            }
        });
    }

    @Test
    void eitherFamilyIsConnectedTo() {
        check(kernel -> {
            for (InetAddress loopback : List.of(LOOPBACK_4, LOOPBACK_6)) {
                try (TestTransport transport = new TestTransport(kernel)) {
                    TestListener listener = transport.listen(new InetSocketAddress(loopback, 0));
                    TcpChannel channel = transport.channelTo(listener.address());
                    TestOperation connect = transport.operation(1);
                    connect.submit(channel, each -> channel.connect(each, listener.address()));
                    assertEquals(0, connect.await());
                    assertEquals(0, channel.finishConnect());
                    Accepted accepted = listener.accept();
                    assertEquals(channel.localAddress(), accepted.remote());
                    assertEquals(loopback, channel.localAddress().getAddress());
                }
            }
        });
    }

    @Test
    void dualStackTakesPeersOfBothFamilies() {
        check(kernel -> {
            try (TestTransport transport = new TestTransport(kernel)) {
                TestListener listener = transport.listen(new InetSocketAddress(ANY_6, 0), true);
                Accepted four = expectPeer(transport, listener, LOOPBACK_4);
                assertInstanceOf(Inet4Address.class, four.remote().getAddress());
                assertInstanceOf(Inet4Address.class, four.local().getAddress());
                assertInstanceOf(
                        Inet4Address.class, four.channel().localAddress().getAddress());
                Accepted six = expectPeer(transport, listener, LOOPBACK_6);
                assertInstanceOf(Inet6Address.class, six.remote().getAddress());
            }
        });
    }

    @Test
    void withoutDualStackBothFamiliesListenAtOnePort() {
        check(kernel -> {
            try (TestTransport transport = new TestTransport(kernel)) {
                TestListener six = transport.listen(new InetSocketAddress(ANY_6, 0));
                int port = six.address().getPort();
                assertThrows(ConnectException.class, () -> kernel.connect(new InetSocketAddress(LOOPBACK_4, port)));
                TestListener four = transport.listen(new InetSocketAddress(ANY_4, port));
                expectPeer(transport, four, LOOPBACK_4);
                expectPeer(transport, six, LOOPBACK_6);
            }
        });
    }

    @Test
    void severalAddressesAreListenedToAtOnce() {
        check(kernel -> {
            try (TestTransport transport = new TestTransport(kernel)) {
                TestListener first = transport.listen(new InetSocketAddress(LOOPBACK_4, 0));
                TestListener second = transport.listen(new InetSocketAddress(LOOPBACK_4, 0));
                TestListener third = transport.listen(new InetSocketAddress(LOOPBACK_6, 0));
                expectPeer(transport, third, LOOPBACK_6);
                expectPeer(transport, second, LOOPBACK_4);
                expectPeer(transport, first, LOOPBACK_4);
            }
        });
    }

    @Test
    void portThatIsTakenIsRefused() {
        check(kernel -> {
            try (TestTransport transport = new TestTransport(kernel)) {
                TestListener listener = transport.listen();
                WinsockException refused =
                        assertThrows(WinsockException.class, () -> transport.listen(listener.address()));
                assertTrue(TAKEN.contains(refused.code()), refused::getMessage);
                assertEquals("bind", refused.call());
                expectPeer(transport, listener, LOOPBACK_4);
            }
        });
    }

    @Test
    void unresolvedAddressIsRefused() {
        check(kernel -> {
            try (TestTransport transport = new TestTransport(kernel)) {
                InetSocketAddress unresolved = InetSocketAddress.createUnresolved("nowhere.invalid", 1);
                assertThrows(IllegalArgumentException.class, () -> transport.listen(unresolved));
                assertThrows(IllegalArgumentException.class, () -> transport.channelTo(unresolved));
            }
        });
    }

    /// A peer connects by this address and is served; both sides agree on the addresses.
    private static Accepted expectPeer(TestTransport transport, TestListener listener, InetAddress by)
            throws IOException {
        InetSocketAddress target = new InetSocketAddress(by, listener.address().getPort());
        try (Peer peer = transport.kernel().connect(target)) {
            Accepted accepted = listener.accept();
            assertEquals(peer.localAddress(), accepted.remote());
            assertEquals(target, accepted.local());
            assertEquals(target, accepted.channel().localAddress());
            TestOperation send = transport.operation(3);
            send.send(accepted.channel(), new byte[] {1, 2, 3});
            assertArrayEquals(new byte[] {1, 2, 3}, peer.readFully(3));
            assertEquals(0, send.await());
            return accepted;
        }
    }
}
