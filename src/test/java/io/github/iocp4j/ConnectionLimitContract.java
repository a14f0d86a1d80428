package io.github.iocp4j;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.iocp4j.CloseReason.Kind;
import io.github.iocp4j.testing.Peer;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

/// How many connections there may be, what is kept of them, and who a [Connection] is.
abstract class ConnectionLimitContract extends EndpointContract {
    ConnectionLimitContract(Kernels kernels) {
        super(kernels);
    }

    @Test
    void oneConnectionMoreThanAllowedIsRefusedAndCounted() {
        check(stand -> {
            int most = 3;
            TestEndpoint server = stand.serve(new Echo(), options -> options.maxConnections(most));
            List<Peer> peers = new ArrayList<>();
            for (int i = 0; i < most; i++) {
                peers.add(server.connect());
                expectEcho(peers.getLast(), i);
            }
            assertEquals(most, server.endpoint().connectionCount());
            for (int i = 1; i <= 3; i++) {
                Peer refused = server.connect();
                stand.expectReset(refused);
                refused.close();
                int expected = i;
                stand.await(
                        i + " refused",
                        () -> server.endpoint().counters().connections().refused() == expected);
            }
            peers.removeFirst().close();
            server.awaitReleased(1);
            stand.await("room", () -> server.endpoint().counters().unreleased() == most - 1);
            peers.add(server.connect());
            expectEcho(peers.getLast(), 9);
            stand.await("the count", () -> server.endpoint().counters().accepted() == most + 1);
            assertEquals(most + 1, server.order().connections().size());
            for (Peer peer : peers) {
                peer.close();
            }
            server.expectEnds(most + 1, Kind.PEER_CLOSED);
        });
    }

    @Test
    void contextsAndBuffersMayBeKeptOrNot() {
        check(stand -> {
            for (int kept : new int[] {EndpointOptions.NONE, 1, EndpointOptions.UNLIMITED}) {
                TestEndpoint server = stand.serve(
                        new Echo(),
                        options ->
                                options.maxConnections(4).keepFreeContexts(kept).keepFreeBuffers(kept));
                int perConnection = (server.options().operations() - 2) / 4;
                int rounds = 3;
                for (int round = 1; round <= rounds; round++) {
                    List<Peer> peers = new ArrayList<>();
                    for (int i = 0; i < 3; i++) {
                        peers.add(server.connect());
                        expectEcho(peers.getLast(), i);
                    }
                    for (Peer peer : peers) {
                        peer.close();
                    }
                    server.awaitReleased(3 * round);
                    int left = 2 + Math.min(kept, 3) * perConnection;
                    stand.await(
                            left + " operations are taken",
                            () -> server.endpoint().counters().memory().operationsTaken() == left);
                    assertEquals(0, server.endpoint().counters().unreleased());
                }
                server.expectEnds(3 * rounds, Kind.PEER_CLOSED);
                server.endpoint().close();
            }
        });
    }

    @Test
    void keptConnectionNeverReachesTheNextOneOfItsContext() {
        check(stand -> {
            TestEndpoint server = stand.serve(new Echo(), options -> options.maxConnections(1));
            List<Connection> ended = new ArrayList<>();
            Set<Long> ids = new HashSet<>();
            for (int i = 0; i < 5; i++) {
                int number = i;
                Peer peer = server.connect();
                expectEcho(peer, i);
                Connection connection = server.awaitConnection(i);
                assertTrue(ids.add(connection.id()), () -> "the id of an earlier one: " + connection);
                assertTrue(connection.isOpen());
                assertEquals(peer.localAddress(), connection.remoteAddress());
                assertEquals(peer.remoteAddress(), connection.localAddress());
                connection.attach(number);
                for (Connection old : ended) {
                    assertFalse(old.isOpen());
                    assertEquals(SendResult.CLOSED, old.send(new byte[] {66}));
                    old.close();
                    old.abort();
                }
                expectEcho(peer, i + 100);
                assertEquals(number, connection.attachment());
                peer.close();
                server.awaitReleased(i + 1);
                stand.await("room", () -> server.endpoint().counters().unreleased() == 0);
                ended.add(connection);
            }
            server.expectEnds(5, Kind.PEER_CLOSED);
        });
    }

    @Test
    void findGivesOpenConnectionsAndNeverTheNextOneOfAContext() {
        check(stand -> {
            TestEndpoint server = stand.serve(new Echo(), options -> options.maxConnections(2));
            IocpEndpoint endpoint = server.endpoint();
            for (long id : new long[] {0, 1, -1, 1L << 32, Long.MIN_VALUE, Long.MAX_VALUE}) {
                assertNull(endpoint.find(id));
            }
            Peer other = server.connect();
            expectEcho(other, 7);
            Connection stays = server.awaitConnection(0);
            for (int i = 1; i <= 4; i++) {
                Peer peer = server.connect();
                expectEcho(peer, i);
                Connection connection = server.awaitConnection(i);
                assertSame(connection, endpoint.find(connection.id()));
                assertSame(stays, endpoint.find(stays.id()));
                assertNull(endpoint.find(connection.id() ^ (1L << 32)));
                connection.close();
                assertNull(endpoint.find(connection.id()));
                peer.close();
                server.awaitReleased(i);
                stand.await("room", () -> endpoint.counters().unreleased() == 1);
                assertNull(endpoint.find(connection.id()));
            }
            other.close();
            server.awaitReleased(5);
            assertNull(endpoint.find(stays.id()));
        });
    }

    private static void expectEcho(Peer peer, int number) throws IOException {
        byte[] payload = {(byte) number, 1, 2};
        peer.write(WireFrames.encode(payload));
        WireFrames.expect(peer, payload);
    }
}
