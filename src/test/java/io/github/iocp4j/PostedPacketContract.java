package io.github.iocp4j;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.iocp4j.CloseReason.Kind;
import io.github.iocp4j.memory.IoBuffer;
import io.github.iocp4j.testing.Peer;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/// Packets of the program's own, posted to a connection: the article's `PostPackage`.
abstract class PostedPacketContract extends EndpointContract {
    private static final byte[] ONE = {1};

    PostedPacketContract(Kernels kernels) {
        super(kernels);
    }

    @Test
    void packetComesBackInOrderOnAWorkerWhoMaySend() {
        check(stand -> {
            Posts handler = new Posts();
            TestEndpoint server = stand.serve(handler);
            try (Peer peer = server.connect()) {
                Connection connection = server.awaitConnection(0);
                for (int i = 0; i < 20; i++) {
                    assertTrue(connection.post(new byte[] {(byte) i}));
                }
                for (int i = 0; i < 20; i++) {
                    WireFrames.expect(peer, new byte[] {(byte) i});
                }
            }
            server.expectEnds(1, Kind.PEER_CLOSED);
            assertEquals(20, server.endpoint().counters().traffic().packetsPosted());
        });
    }

    /// It is a count of the connection that brings it.
    @Test
    void buffersPassThroughThePort() {
        check(stand -> {
            TestEndpoint server = stand.serve(new EndpointHandler() {
                @Override
                public void packetPosted(Connection connection, Object packet) {
                    IoBuffer buffer = (IoBuffer) packet;
                    connection.send(buffer);
                    buffer.release();
                }
            });
            try (Peer peer = server.connect()) {
                Connection connection = server.awaitConnection(0);
                for (int i = 0; i < 10; i++) {
                    IoBuffer buffer = Objects.requireNonNull(connection.takeBuffer(4));
                    assertTrue(connection.post(buffer.appendBytes(ONE)));
                }
                for (int i = 0; i < 10; i++) {
                    WireFrames.expect(peer, ONE);
                }
            }
            server.expectEnds(1, Kind.PEER_CLOSED);
        });
    }

    @Test
    void callbackThatPostsGetsItAfterItHasReturned() {
        check(stand -> {
            AtomicInteger left = new AtomicInteger(200);
            TestEndpoint server = stand.serve(new Echo() {
                @Override
                public void connected(Connection connection) {
                    assertTrue(connection.post(ONE));
                }

                @Override
                public void packetPosted(Connection connection, Object packet) {
                    if (left.decrementAndGet() > 0) {
                        assertTrue(connection.post(packet));
                    } else {
                        connection.send(ONE);
                    }
                }
            });
            try (Peer peer = server.connect()) {
                WireFrames.expect(peer, ONE);
            }
            server.expectEnds(1, Kind.PEER_CLOSED);
            assertEquals(200, server.endpoint().counters().traffic().packetsPosted());
        });
    }

    @Test
    void pausedConnectionStillGetsPackets() {
        check(stand -> {
            TestEndpoint server = stand.serve(new Posts());
            try (Peer peer = server.connect()) {
                Connection connection = server.awaitConnection(0);
                connection.pauseReading();
                assertTrue(connection.post(ONE));
                WireFrames.expect(peer, ONE);
                connection.resumeReading();
            }
            server.expectEnds(1, Kind.PEER_CLOSED);
        });
    }

    @Test
    void sixtyFourMayBeOnTheirWayAndOneMoreIsRefusedAndCounted() {
        check(stand -> {
            AtomicInteger taken = new AtomicInteger();
            AtomicInteger refused = new AtomicInteger();
            Posts handler = new Posts() {
                @Override
                public void connected(Connection connection) {
                    for (int i = 0; i < 70; i++) {
                        (connection.post(i) ? taken : refused).getAndIncrement();
                    }
                    int pending = connection.isOpen() ? 64 : -1;
                    assertEquals(pending, taken.get());
                }
            };
            TestEndpoint server = stand.serve(handler);
            Peer peer = server.connect();
            server.awaitConnection(0);
            stand.await("all that was taken", () -> handler.packets.size() == 64);
            assertEquals(6, refused.get());
            assertEquals(6, server.endpoint().counters().traffic().postsRefused());
            peer.close();
            server.awaitReleased(1);
            assertEquals(64, server.endpoint().counters().traffic().packetsPosted());
        });
    }

    @Test
    void everyPacketThatWasTakenComesBeforeTheEnd() {
        check(stand -> {
            Posts handler = new Posts();
            TestEndpoint server = stand.serve(handler, options -> options.maxConnections(1));
            for (int round = 0; round < 3; round++) {
                handler.packets.clear();
                Peer peer = server.connect();
                Connection connection = server.awaitConnection(round);
                AtomicInteger taken = new AtomicInteger();
                List<Stand.Task> posters = new ArrayList<>();
                for (int i = 0; i < 2; i++) {
                    posters.add(stand.fork("poster", () -> {
                        while (connection.isOpen()) {
                            taken.addAndGet(connection.post(ONE) ? 1 : 0);
                            stand.kernel().pause(java.time.Duration.ofNanos(10_000));
                        }
                        taken.addAndGet(connection.post(ONE) ? 1 : 0);
                    }));
                }
                stand.await("some", () -> handler.packets.size() > 10);
                if (round % 2 == 0) {
                    connection.abort();
                } else {
                    connection.close();
                }
                Stand.closeQuietly(peer);
                posters.forEach(Stand.Task::await);
                server.awaitReleased(round + 1);
                assertEquals(taken.get(), handler.packets.size(), "packets that were taken, and that came");
                assertFalse(connection.post(ONE));
                stand.await("room", () -> server.endpoint().counters().unreleased() == 0);
            }
            assertEquals(3, handler.ended.get());
        });
    }

    /// A post holds a count: the connection is not released before it.
    @Test
    void packetHoldsTheConnection() {
        check(stand -> {
            AtomicInteger held = new AtomicInteger();
            TestEndpoint[] server = new TestEndpoint[1];
            server[0] = stand.serve(new Echo() {
                @Override
                public void frameReceived(Connection connection, Frame frame) {
                    long before = server[0].endpoint().counters().connections().pendingIo();
                    assertTrue(connection.post(ONE));
                    held.set(
                            (int) (server[0].endpoint().counters().connections().pendingIo() - before));
                    super.frameReceived(connection, frame);
                }
            });
            try (Peer peer = server[0].connect()) {
                if (server[0].options().ioWorkers() == 1) {
                    peer.write(WireFrames.encode(ONE));
                    WireFrames.expect(peer, ONE);
                    assertEquals(1, held.get());
                }
            }
            server[0].expectEnds(1, Kind.PEER_CLOSED);
        });
    }

    @Test
    void handlerThatFailsInItClosesTheConnection() {
        check(stand -> {
            TestEndpoint server = stand.serve(new EndpointHandler() {
                @Override
                public void packetPosted(Connection connection, Object packet) {
                    throw new Deliberate("packetPosted");
                }
            });
            Peer peer = server.connect();
            assertTrue(server.awaitConnection(0).post(ONE));
            server.expectEnds(1, Kind.HANDLER_FAILED);
            Stand.closeQuietly(peer);
        });
    }

    private static class Posts extends Echo {
        final List<Object> packets = Collections.synchronizedList(new ArrayList<>());
        final AtomicInteger ended = new AtomicInteger();

        @Override
        public void packetPosted(Connection connection, Object packet) {
            packets.add(packet);
            if (packet instanceof byte[] bytes) {
                connection.send(bytes);
            }
        }

        @Override
        public void disconnected(Connection connection, CloseReason reason) {
            ended.getAndIncrement();
        }
    }
}
