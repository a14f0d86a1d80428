package io.github.iocp4j;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.iocp4j.CloseReason.Kind;
import io.github.iocp4j.error.WinsockException;
import io.github.iocp4j.testing.Peer;
import io.github.iocp4j.testing.PeerListener;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/// Connections that the endpoint makes.
abstract class ClientContract extends EndpointContract {
    private static final int WSAECONNREFUSED = 10061;

    ClientContract(Kernels kernels) {
        super(kernels);
    }

    @Test
    void connectBringsAConnectionWithItsAttachment() {
        check(stand -> {
            Recorder handler = new Recorder();
            TestEndpoint client = stand.client(handler, options -> options);
            try (PeerListener listener = stand.kernel().listen()) {
                assertTrue(client.endpoint().connect(listener.address(), "mine"));
                try (Peer peer = listener.accept()) {
                    byte[] payload = WireFrames.random(stand.random(), 3000);
                    peer.write(WireFrames.encode(payload, new byte[0]));
                    WireFrames.expect(peer, payload, new byte[0]);
                    Connection connection = client.awaitConnection(0);
                    assertEquals("mine", connection.attachment());
                    assertEquals(listener.address(), connection.remoteAddress());
                    assertEquals(peer.remoteAddress(), connection.localAddress());
                    stand.await("the count", () -> client.endpoint().counters().connected() == 1);
                    connection.close();
                    WireFrames.expectEnd(peer);
                }
            }
            client.expectEnds(1, Kind.CLOSED);
            assertEquals(0, client.order().failedConnects());
        });
    }

    @Test
    void refusedConnectIsToldOnceAndByConnectFailedOnly() {
        checkLong(stand -> {
            Recorder handler = new Recorder();
            TestEndpoint client = stand.client(handler, options -> options.maxConnections(3));
            InetSocketAddress nobody;
            try (PeerListener listener = stand.kernel().listen()) {
                nobody = listener.address();
            }
            for (int round = 1; round <= 2; round++) {
                for (int i = 0; i < 3; i++) {
                    assertTrue(client.endpoint().connect(nobody, i));
                }
                int expected = 3 * round;
                stand.await("the refusals", () -> client.order().failedConnects() == expected);
                stand.await("room", () -> client.endpoint().counters().unreleased() == 0);
            }
            assertEquals(6, handler.failures.size());
            for (Failure failure : handler.failures) {
                assertEquals(nobody, failure.address);
                assertInstanceOf(Integer.class, failure.attachment);
                assertEquals(
                        WSAECONNREFUSED,
                        assertInstanceOf(WinsockException.class, failure.cause).code());
            }
            assertTrue(client.order().connections().isEmpty());
            assertEquals(0, client.endpoint().counters().connected());
        });
    }

    @Test
    void failureInConnectFailedHarmsNothing() {
        checkLong(stand -> {
            TestEndpoint client = stand.client(
                    new Recorder() {
                        @Override
                        public void connectFailed(
                                InetSocketAddress address, @Nullable Object attachment, IOException cause) {
                            throw new Deliberate("in connectFailed");
                        }
                    },
                    options -> options.maxConnections(1));
            InetSocketAddress address;
            try (PeerListener listener = stand.kernel().listen()) {
                address = listener.address();
            }
            assertTrue(client.endpoint().connect(address, null));
            stand.await("room", () -> client.endpoint().counters().unreleased() == 0);
            assertEquals(1, client.order().failedConnects());
            try (PeerListener listener = stand.kernel().listen()) {
                assertTrue(client.endpoint().connect(listener.address(), null));
                listener.accept().close();
                client.expectEnds(1, Kind.PEER_CLOSED);
            }
        });
    }

    @Test
    void connectIsRefusedWhenThereAreAsManyAsAllowed() {
        check(stand -> {
            TestEndpoint client = stand.client(new Recorder(), options -> options.maxConnections(2));
            try (PeerListener listener = stand.kernel().listen()) {
                assertTrue(client.endpoint().connect(listener.address(), null));
                assertTrue(client.endpoint().connect(listener.address(), null));
                assertFalse(client.endpoint().connect(listener.address(), null));
                Peer first = listener.accept();
                Peer second = listener.accept();
                assertFalse(client.endpoint().connect(listener.address(), null));
                first.close();
                client.awaitReleased(1);
                stand.await("room", () -> client.endpoint().counters().unreleased() == 1);
                assertTrue(client.endpoint().connect(listener.address(), null));
                listener.accept().close();
                second.close();
                client.expectEnds(3, Kind.PEER_CLOSED);
            }
        });
    }

    @Test
    void connectToAnUnresolvedAddressIsAnError() {
        check(stand -> {
            TestEndpoint client = stand.client(new Recorder(), options -> options);
            InetSocketAddress unresolved = InetSocketAddress.createUnresolved("nowhere.invalid", 1);
            assertThrows(IllegalArgumentException.class, () -> client.endpoint().connect(unresolved, null));
        });
    }

    @Test
    void closeWhileConnectsAreUnderWayEndsEachOnce() {
        check(stand -> {
            Recorder handler = new Recorder();
            TestEndpoint client = stand.client(handler, options -> options.maxConnections(8));
            AtomicInteger begun = new AtomicInteger();
            InetSocketAddress nobody;
            try (PeerListener listener = stand.kernel().listen()) {
                nobody = listener.address();
            }
            PeerListener listener = stand.kernel().listen();
            Stand.Task accepting = stand.fork("accepting", () -> acceptAll(listener));
            List<Stand.Task> tasks = new ArrayList<>();
            for (int i = 0; i < 2; i++) {
                tasks.add(stand.fork("connecting-" + i, () -> {
                    for (int k = 0; k < 4; k++) {
                        InetSocketAddress target = k % 2 == 0 ? listener.address() : nobody;
                        if (client.endpoint().connect(target, null)) {
                            begun.getAndIncrement();
                        }
                    }
                }));
            }
            int before = stand.random().nextInt(6);
            stand.await("connects", () -> begun.get() >= before);
            client.endpoint().close();
            tasks.forEach(Stand.Task::await);
            listener.close();
            accepting.await();
            client.verifyOver();
            assertEquals(
                    begun.get(),
                    client.order().failedConnects()
                            + client.order().connections().size());
        });
    }

    @Test
    void endpointConnectsToItself() {
        check(stand -> {
            List<Connection> clients = new ArrayList<>();
            TestEndpoint both = stand.serve(new Echo() {
                @Override
                public void connected(Connection connection) {
                    if (connection.attachment() != null) {
                        clients.add(connection);
                        connection.send(new byte[100]);
                    }
                }

                @Override
                public void frameReceived(Connection connection, Frame frame) {
                    if (connection.attachment() == null) {
                        super.frameReceived(connection, frame);
                    } else {
                        connection.close();
                    }
                }
            });
            assertTrue(both.endpoint().connect(both.endpoint().localAddress(), "client"));
            both.awaitReleased(2);
            assertEquals(Kind.CLOSED, both.order().reason(clients.getFirst()).kind());
            assertTrue(both.kinds().contains(Kind.PEER_CLOSED));
        });
    }

    private static void acceptAll(PeerListener listener) {
        while (true) {
            try (Peer peer = listener.accept()) {
                byte[] rest = new byte[100];
                while (peer.read(rest) >= 0) {
                    // Until the end.
                }
            } catch (IOException _) {
                if (isClosed(listener)) {
                    return;
                }
            }
        }
    }

    private static boolean isClosed(PeerListener listener) {
        try {
            listener.accept().close();
            return false;
        } catch (IOException _) {
            return true;
        }
    }

    private record Failure(
            InetSocketAddress address, @Nullable Object attachment, IOException cause) {}

    private static class Recorder extends Echo {
        private final Queue<Failure> failures = new ConcurrentLinkedQueue<>();

        @Override
        public void connectFailed(InetSocketAddress address, @Nullable Object attachment, IOException cause) {
            failures.add(new Failure(address, attachment, cause));
        }
    }
}
