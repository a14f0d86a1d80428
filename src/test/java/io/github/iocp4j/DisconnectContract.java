package io.github.iocp4j;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.iocp4j.CloseReason.Kind;
import io.github.iocp4j.testing.Peer;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/// Connections that are ended by their ids, or all at once.
///
/// The article's program numbers its clients by their SOCKET values, and looks and closes in two steps: so the id
/// of one that has gone addresses the next one with the same value, and two threads that close one at once may
/// close that.
abstract class DisconnectContract extends EndpointContract {
    private static final byte[] ONE = {1};

    DisconnectContract(Kernels kernels) {
        super(kernels);
    }

    @Test
    void disconnectByIdIsGracefulAndAbortIsNot() {
        check(stand -> {
            TestEndpoint server = stand.serve(new Echo());
            Peer polite = server.connect();
            Connection first = server.awaitConnection(0);
            Peer cut = server.connect();
            Connection second = server.awaitConnection(1);
            assertEquals(SendResult.QUEUED, first.send(ONE));
            assertTrue(server.endpoint().disconnect(first.id()));
            assertFalse(server.endpoint().disconnect(first.id()), "a second time");
            WireFrames.expect(polite, ONE);
            WireFrames.expectEnd(polite);
            polite.close();
            assertTrue(server.endpoint().abort(second.id()));
            stand.expectReset(cut);
            cut.close();
            server.awaitReleased(2);
            assertEquals(Kind.CLOSED, server.order().reason(first).kind());
            assertEquals(Kind.ABORTED, server.order().reason(second).kind());
        });
    }

    @Test
    void abortByIdEndsAConnectionThatLingers() {
        check(stand -> {
            TestEndpoint server =
                    stand.serve(new Echo(), options -> options.closeTimeout(java.time.Duration.ofMinutes(4)));
            Peer peer = server.connect();
            long id = server.awaitConnection(0).id();
            assertTrue(server.endpoint().disconnect(id));
            WireFrames.expectEnd(peer);
            assertTrue(server.endpoint().abort(id));
            server.awaitReleased(1);
            Stand.closeQuietly(peer);
        });
    }

    @Test
    void defect6StaleIdFindsNothing() {
        check(stand -> {
            TestEndpoint server = stand.serve(new Echo(), options -> options.maxConnections(1));
            List<Long> stale = new ArrayList<>();
            for (int i = 0; i < 4; i++) {
                Peer peer = server.connect();
                Connection connection = server.awaitConnection(i);
                for (long id : stale) {
                    assertFalse(server.endpoint().disconnect(id), "disconnect of a stale id");
                    assertFalse(server.endpoint().abort(id), "abort of a stale id");
                }
                peer.write(WireFrames.encode(ONE));
                WireFrames.expect(peer, ONE);
                assertTrue(connection.isOpen());
                peer.close();
                server.awaitReleased(i + 1);
                stand.await("room", () -> server.endpoint().counters().unreleased() == 0);
                stale.add(connection.id());
            }
            for (long id : new long[] {0, -1, Long.MAX_VALUE, Long.MIN_VALUE, 1, 1L << 32}) {
                assertFalse(
                        server.endpoint().disconnect(id) || server.endpoint().abort(id), "an id of nobody");
            }
            server.expectEnds(4, Kind.PEER_CLOSED);
        });
    }

    /// The next connection takes over the context, and most often the SOCKET value, while the closers are at it.
    @Test
    void defect6TwoThreadsThatCloseTheSameConnectionNeverCloseARecycledSocket() {
        check(stand -> {
            TestEndpoint server = stand.serve(new Echo(), options -> options.maxConnections(2));
            int rounds = isSimulated() ? 5 : 30;
            for (int i = 0; i < rounds; i++) {
                Peer victim = server.connect();
                Connection connection = server.awaitConnection(2 * i);
                List<Stand.Task> closers = new ArrayList<>();
                closers.add(stand.fork("closer", connection::abort));
                closers.add(stand.fork("closer by id", () -> server.endpoint().abort(connection.id())));
                closers.add(stand.fork(
                        "closer of all that was", () -> server.endpoint().disconnect(connection.id())));
                server.awaitReleased(2 * i + 1);
                Peer next = server.connect();
                Connection fresh = server.awaitConnection(2 * i + 1);
                next.write(WireFrames.encode(ONE));
                WireFrames.expect(next, ONE);
                closers.forEach(Stand.Task::await);
                connection.abort();
                connection.close();
                next.write(WireFrames.encode(ONE));
                WireFrames.expect(next, ONE);
                assertTrue(fresh.isOpen());
                next.close();
                Stand.closeQuietly(victim);
                server.awaitReleased(2 * i + 2);
                assertEquals(Kind.PEER_CLOSED, server.order().reason(fresh).kind());
                stand.await("room", () -> server.endpoint().counters().unreleased() == 0);
            }
        });
    }

    @Test
    void disconnectAllClosesWhatIsOpenAndTheEndpointGoesOn() {
        check(stand -> {
            TestEndpoint server = stand.serve(new Echo());
            List<Peer> peers = connected(server, 3);
            server.order().connections().forEach(each -> assertEquals(SendResult.QUEUED, each.send(ONE)));
            assertEquals(3, server.endpoint().disconnectAll());
            assertEquals(0, server.endpoint().disconnectAll());
            for (Peer peer : peers) {
                WireFrames.expect(peer, ONE);
                WireFrames.expectEnd(peer);
                peer.close();
            }
            server.expectEnds(3, Kind.CLOSED);
            expectService(server);
        });
    }

    @Test
    void abortAllCutsWhatIsThereAndTheEndpointGoesOn() {
        check(stand -> {
            TestEndpoint server = stand.serve(new Echo());
            List<Peer> peers = connected(server, 3);
            assertEquals(3, server.endpoint().abortAll());
            for (Peer peer : peers) {
                stand.expectReset(peer);
                peer.close();
            }
            server.expectEnds(3, Kind.ABORTED);
            expectService(server);
        });
    }

    private static List<Peer> connected(TestEndpoint server, int count) throws java.io.IOException {
        List<Peer> peers = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            peers.add(server.connect());
        }
        server.awaitConnection(count - 1);
        server.stand().await("all are open", () -> server.endpoint().connectionCount() == count);
        return peers;
    }

    private static void expectService(TestEndpoint server) throws java.io.IOException {
        try (Peer peer = server.connect()) {
            peer.write(WireFrames.encode(ONE));
            WireFrames.expect(peer, ONE);
        }
        server.awaitReleased(4);
    }
}
