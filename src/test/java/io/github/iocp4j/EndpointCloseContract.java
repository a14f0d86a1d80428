package io.github.iocp4j;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.iocp4j.CloseReason.Kind;
import io.github.iocp4j.error.WinsockException;
import io.github.iocp4j.testing.Peer;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;

/// How an endpoint starts and ends.
abstract class EndpointCloseContract extends EndpointContract {
    private static final int WSAEACCES = 10013;
    private static final int WSAEADDRINUSE = 10048;

    EndpointCloseContract(Kernels kernels) {
        super(kernels);
    }

    @Test
    void closeSendsWhatIsQueuedAndThenTheEnd() {
        check(stand -> {
            byte[] payload = WireFrames.random(stand.random(), 30_000);
            TestEndpoint server = stand.serve(new EndpointHandler() {
                @Override
                public void frameReceived(Connection connection, Frame frame) {
                    connection.send(payload);
                }
            });
            Peer peer = server.connect();
            peer.write(WireFrames.encode(new byte[1]));
            stand.await("a reply", () -> server.endpoint().counters().framesSent() == 1);
            Stand.Task closing = stand.fork("closing", () -> server.endpoint().close());
            WireFrames.expect(peer, payload);
            WireFrames.expectEnd(peer);
            peer.close();
            closing.await();
            server.expectEnds(1, Kind.ENDPOINT_CLOSED);
        });
    }

    @Test
    void closeCutsSilentPeersWithinItsTime() {
        checkLong(stand -> {
            TestEndpoint server = stand.serve(new Echo());
            List<Peer> peers = new ArrayList<>();
            for (int i = 0; i < 3; i++) {
                peers.add(server.connect());
            }
            server.awaitConnection(2);
            long begun = stand.nanoTime();
            server.endpoint().close();
            Duration took = Duration.ofNanos(stand.nanoTime() - begun);
            assertTrue(took.compareTo(Duration.ofSeconds(4)) < 0, () -> "closed after " + took);
            server.expectEnds(3, Kind.ENDPOINT_CLOSED);
            for (Peer peer : peers) {
                peer.close();
            }
        });
    }

    @Test
    void closeFromACallbackBeginsTheCloseAndReturns() {
        check(stand -> {
            AtomicReference<IocpEndpoint> itself = new AtomicReference<>();
            AtomicBoolean returned = new AtomicBoolean();
            AtomicBoolean refused = new AtomicBoolean();
            TestEndpoint server = stand.serve(new EndpointHandler() {
                @Override
                public void frameReceived(Connection connection, Frame frame) {
                    itself.get().close();
                    try {
                        itself.get().awaitClosed();
                    } catch (IllegalStateException _) {
                        refused.set(true);
                    }
                    returned.set(true);
                }
            });
            itself.set(server.endpoint());
            Peer peer = server.connect();
            peer.write(WireFrames.encode(new byte[1]));
            WireFrames.expectEnd(peer);
            peer.close();
            server.endpoint().awaitClosed();
            assertTrue(returned.get());
            assertTrue(refused.get());
            server.expectEnds(1, Kind.ENDPOINT_CLOSED);
        });
    }

    @Test
    void closeMayBeCalledAgainAndBySeveralThreads() {
        check(stand -> {
            TestEndpoint server = stand.serve(new Echo());
            Peer peer = server.connect();
            List<Stand.Task> tasks = new ArrayList<>();
            for (int i = 0; i < 3; i++) {
                tasks.add(stand.fork("closing-" + i, () -> {
                    server.endpoint().close();
                    server.endpoint().awaitClosed();
                    server.verifyOver();
                    server.endpoint().close();
                }));
            }
            try {
                WireFrames.expectEnd(peer);
            } catch (IOException _) {
                // It was not accepted any more.
            }
            peer.close();
            tasks.forEach(Stand.Task::await);
        });
    }

    @Test
    void nothingBeginsAfterClose() {
        check(stand -> {
            TestEndpoint server = stand.serve(new Echo());
            InetSocketAddress address = server.endpoint().localAddress();
            server.endpoint().close();
            assertFalse(server.endpoint().connect(address, null));
            assertThrows(IOException.class, () -> stand.kernel().connect(address));
            TestEndpoint client = stand.client(new Echo(), options -> options);
            assertThrows(IllegalStateException.class, client.endpoint()::localAddress);
        });
    }

    @Test
    void startOnATakenPortThrowsAndLeavesNothing() {
        check(stand -> {
            TestEndpoint first = stand.serve(new Echo());
            InetSocketAddress taken = first.endpoint().localAddress();
            InetSocketAddress free = new InetSocketAddress(taken.getAddress(), 0);
            for (InetSocketAddress[] addresses :
                    new InetSocketAddress[][] {{taken}, {free, taken}, {free, taken, free}}) {
                WinsockException e = assertThrows(
                        WinsockException.class,
                        () -> stand.start(EndpointOptions.server(addresses), new Echo(), options -> options));
                assertTrue(Set.of(WSAEACCES, WSAEADDRINUSE).contains(e.code()), e::toString);
            }
            try (Peer peer = first.connect()) {
                peer.write(WireFrames.encode(new byte[] {5}));
                WireFrames.expect(peer, new byte[] {5});
            }
            first.endpoint().close();
            TestEndpoint second = stand.start(EndpointOptions.server(taken), new Echo(), options -> options);
            assertEquals(taken, second.endpoint().localAddress());
        });
    }

    @Test
    void closeDuringAStormLeavesNothingOver() {
        check(stand -> {
            TestEndpoint server =
                    stand.serve(new Echo(), options -> options.maxConnections(6).sendHighMarkBytes(1000));
            TestEndpoint client = stand.client(new Storm.Talker(), options -> options.maxConnections(4));
            InetSocketAddress address = server.endpoint().localAddress();
            AtomicBoolean over = new AtomicBoolean();
            List<Stand.Task> tasks = new ArrayList<>();
            for (int i = 0; i < 4; i++) {
                Random random = new Random(stand.random().nextLong());
                tasks.add(stand.fork("peer-" + i, () -> {
                    while (!over.get()) {
                        Storm.connection(stand, address, random);
                    }
                }));
            }
            tasks.add(stand.fork("connecting", () -> {
                while (!over.get()) {
                    boolean _ = client.endpoint().connect(address, null);
                    stand.kernel().pause(Duration.ofMillis(1));
                }
            }));
            int enough = 1 + stand.random().nextInt(isSimulated() ? 30 : 300);
            stand.await(
                    enough + " connections", () -> server.endpoint().counters().accepted() >= enough);
            IocpEndpoint firstToClose = stand.random().nextBoolean() ? server.endpoint() : client.endpoint();
            firstToClose.close();
            server.endpoint().close();
            over.set(true);
            tasks.forEach(Stand.Task::await);
            server.verifyOver();
        });
    }
}
