package io.github.iocp4j;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.iocp4j.CloseReason.Kind;
import io.github.iocp4j.error.WinsockException;
import io.github.iocp4j.testing.Peer;
import io.github.iocp4j.testing.PeerListener;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;

/// Where an endpoint listens, from when, and until when.
abstract class ListeningContract extends EndpointContract {
    private static final InetSocketAddress ANY = new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);

    ListeningContract(Kernels kernels) {
        super(kernels);
    }

    @Test
    void severalAddressesAreServedAndConnectsGoOutBesides() {
        check(stand -> {
            TestEndpoint both = start(stand, options -> options, ANY, ANY, ANY);
            List<InetSocketAddress> addresses = both.endpoint().localAddresses();
            assertEquals(3, addresses.size());
            assertEquals(3, addresses.stream().distinct().count());
            assertEquals(addresses.getFirst(), both.endpoint().localAddress());
            try (PeerListener listener = stand.kernel().listen()) {
                assertTrue(both.endpoint().connect(listener.address(), "out"));
                List<Peer> peers = new ArrayList<>();
                for (InetSocketAddress address : addresses) {
                    peers.add(stand.kernel().connect(address));
                }
                peers.add(listener.accept());
                for (Peer peer : peers) {
                    expectEcho(peer);
                }
                stand.await(
                        "the counts",
                        () -> both.endpoint().counters().connected() == 1
                                && both.endpoint().counters().accepted() == 3);
                for (Peer peer : peers) {
                    peer.close();
                }
            }
            both.expectEnds(4, Kind.PEER_CLOSED);
        });
    }

    @Test
    void endpointThatOnlyConnectsHasNoAddress() {
        check(stand -> {
            TestEndpoint client = stand.client(new Echo(), options -> options);
            assertEquals(List.of(), client.endpoint().localAddresses());
            client.endpoint().stopAccepting();
        });
    }

    @Test
    void stopAcceptingRefusesPeersAndKeepsConnections() {
        checkLong(stand -> {
            TestEndpoint server = start(stand, options -> options, ANY, ANY);
            List<InetSocketAddress> addresses = server.endpoint().localAddresses();
            List<Peer> peers = new ArrayList<>();
            for (InetSocketAddress address : addresses) {
                peers.add(stand.kernel().connect(address));
                expectEcho(peers.getLast());
            }
            server.endpoint().stopAccepting();
            server.endpoint().stopAccepting();
            assertEquals(addresses, server.endpoint().localAddresses());
            assertEquals(addresses.getFirst(), server.endpoint().localAddress());
            for (InetSocketAddress address : addresses) {
                assertThrows(IOException.class, () -> stand.kernel().connect(address));
            }
            try (PeerListener listener = stand.kernel().listen()) {
                assertTrue(server.endpoint().connect(listener.address(), null));
                peers.add(listener.accept());
            }
            for (Peer peer : peers) {
                expectEcho(peer);
            }
            // The address is free for the next one.
            TestEndpoint next = start(stand, options -> options, addresses.getFirst());
            try (Peer peer = next.connect()) {
                expectEcho(peer);
            }
            for (Peer peer : peers) {
                peer.close();
            }
            server.expectEnds(3, Kind.PEER_CLOSED);
        });
    }

    /// Each peer is either served until it leaves, or sees that it is not.
    @Test
    void stopAcceptingAmongPeersThatConnectLeavesNobodyWaiting() {
        check(stand -> {
            TestEndpoint server = stand.serve(new Echo());
            InetSocketAddress address = server.endpoint().localAddress();
            AtomicBoolean stopped = new AtomicBoolean();
            AtomicInteger served = new AtomicInteger();
            List<Stand.Task> tasks = new ArrayList<>();
            for (int i = 0; i < 3; i++) {
                tasks.add(stand.fork("peer-" + i, () -> {
                    while (!stopped.get()) {
                        try (Peer peer = stand.kernel().connect(address)) {
                            expectEcho(peer);
                            served.getAndIncrement();
                        } catch (IOException _) {
                            // It came too late.
                        }
                    }
                }));
            }
            int enough = stand.random().nextInt(isSimulated() ? 8 : 60);
            stand.await(enough + " are served", () -> served.get() >= enough);
            server.endpoint().stopAccepting();
            stopped.set(true);
            tasks.forEach(Stand.Task::await);
            server.awaitReleased((int) server.endpoint().counters().accepted());
            assertTrue(server.order().connections().size() >= served.get());
        });
    }

    @Test
    void startWaitsForAnAddressThatIsTaken() {
        checkLong(stand -> {
            PeerListener before = stand.kernel().listen();
            InetSocketAddress taken = before.address();
            Duration busy = Duration.ofMillis(250);
            Stand.Task ending = stand.fork("the one before", () -> {
                stand.kernel().pause(busy);
                before.close();
            });
            long begun = stand.nanoTime();
            TestEndpoint server = start(stand, options -> options.bindRetry(Duration.ofSeconds(20)), ANY, taken);
            Duration took = Duration.ofNanos(stand.nanoTime() - begun);
            stand.expectWithin(busy.plusMillis(100), took);
            ending.await();
            assertEquals(taken, server.endpoint().localAddresses().get(1));
            for (InetSocketAddress address : server.endpoint().localAddresses()) {
                try (Peer peer = stand.kernel().connect(address)) {
                    expectEcho(peer);
                }
            }
        });
    }

    @Test
    void startGivesUpWhenTheTimeIsOverAndLeavesNothing() {
        checkLong(stand -> {
            Duration limit = Duration.ofMillis(430);
            FaultyHost host = new FaultyHost(stand.kernel().host());
            try (PeerListener other = stand.kernel().listen()) {
                long begun = stand.nanoTime();
                EndpointOptions.Builder builder = EndpointOptions.server(ANY, other.address());
                WinsockException e = assertThrows(
                        WinsockException.class,
                        () -> stand.startOn(host, builder, new Echo(), options -> options.bindRetry(limit)));
                Duration took = Duration.ofNanos(stand.nanoTime() - begun);
                assertTrue(took.compareTo(limit) >= 0, () -> "gave up after " + took);
                stand.expectWithin(limit.plus(EndpointClose.LEAST), took);
                assertTrue(e.code() == 10048 || e.code() == 10013, e::toString);
                String message = String.valueOf(e.getMessage());
                assertTrue(message.contains(other.address() + ", tried for 0.4 s"), message);
            }
            stand.await("the end of the threads", () -> host.threads() == 0);
            assertEquals(0, host.arenasKept());
        });
    }

    @Test
    void startDoesNotWaitUnlessItIsTold() {
        check(stand -> {
            try (PeerListener other = stand.kernel().listen()) {
                Duration took = stand.time(() -> {
                    WinsockException e = assertThrows(
                            WinsockException.class, () -> start(stand, options -> options, other.address()));
                    String message = String.valueOf(e.getMessage());
                    assertTrue(message.contains(other.address().toString()), message);
                    assertTrue(!message.contains("tried"), message);
                });
                stand.expectWithin(EndpointClose.LEAST, took);
            }
        });
    }

    /// Only an address that is taken may become free.
    @Test
    void startDoesNotWaitForAnAddressThatIsNotThere() {
        check(stand -> {
            InetSocketAddress nowhere = new InetSocketAddress("203.0.113.1", 9);
            Duration took = stand.time(() -> {
                WinsockException e = assertThrows(
                        WinsockException.class,
                        () -> start(stand, options -> options.bindRetry(Duration.ofMinutes(1)), nowhere));
                assertEquals(10049, e.code());
                assertNotEquals(null, e.getCause());
            });
            stand.expectWithin(EndpointClose.LEAST, took);
        });
    }

    private static TestEndpoint start(
            Stand stand, UnaryOperator<EndpointOptions.Builder> change, InetSocketAddress... addresses)
            throws IOException {
        EndpointOptions.Builder builder = EndpointOptions.server(addresses);
        return stand.start(builder.maxConnections(64).pendingAccepts(2), new Echo(), change);
    }

    private static void expectEcho(Peer peer) throws IOException {
        byte[] payload = {1, 2, 3};
        peer.write(WireFrames.encode(payload));
        WireFrames.expect(peer, payload);
    }
}
