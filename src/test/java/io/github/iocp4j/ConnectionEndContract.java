package io.github.iocp4j;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.iocp4j.CloseReason.Kind;
import io.github.iocp4j.error.WinsockException;
import io.github.iocp4j.testing.Peer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/// How a connection ends: by the peer, by this side, in peace or not.
abstract class ConnectionEndContract extends EndpointContract {
    private static final Duration LONG = Duration.ofMinutes(10);

    ConnectionEndContract(Kernels kernels) {
        super(kernels);
    }

    @Test
    void peerThatHalfClosesStillGetsEveryReply() {
        check(stand -> {
            Echo echo = new Echo();
            TestEndpoint server = stand.serve(echo, options -> options.sendHighMarkBytes(2000));
            List<byte[]> payloads = payloads(stand.random(), 40, 600);
            try (Peer peer = server.connect()) {
                Random random = new Random(stand.random().nextLong());
                Stand.Task writer = stand.fork("writer", () -> {
                    WireFrames.writeInPieces(peer, WireFrames.encode(payloads), random, 3000);
                    peer.shutdownOutput();
                });
                if (random.nextBoolean()) {
                    stand.kernel().pause(Duration.ofMillis(20));
                }
                WireFrames.expect(peer, payloads);
                WireFrames.expectEnd(peer);
                writer.await();
                server.expectEnds(1, Kind.PEER_CLOSED);
            }
            assertTrue(echo.refusals().isEmpty(), () -> echo.refusals().toString());
        });
    }

    @Test
    void closeSendsWhatIsQueuedAndThenTheEnd() {
        check(stand -> {
            List<byte[]> payloads = payloads(stand.random(), 30, 900);
            TestEndpoint server = stand.serve(
                    new EndpointHandler() {
                        @Override
                        public void frameReceived(Connection connection, Frame frame) {
                            payloads.forEach(payload -> assertEquals(SendResult.QUEUED, connection.send(payload)));
                            connection.close();
                            assertEquals(SendResult.CLOSED, connection.send(payloads.getFirst()));
                        }
                    },
                    options -> options.closeTimeout(LONG));
            try (Peer peer = server.connect()) {
                byte[] frame = WireFrames.encode(new byte[] {1});
                peer.write(frame);
                // What comes after is thrown away, and must not turn the end into a reset.
                byte[] late = new byte[20_000];
                Stand.Task writer = stand.fork("writer", () -> {
                    peer.write(late);
                    server.awaitReceived(frame.length + late.length);
                    peer.shutdownOutput();
                });
                if (stand.random().nextBoolean()) {
                    writer.await();
                }
                WireFrames.expect(peer, payloads);
                WireFrames.expectEnd(peer);
                writer.await();
                server.expectEnds(1, Kind.CLOSED);
            }
        });
    }

    @Test
    void closeSendsAFrameOfManyPiecesToItsLastByte() {
        checkLong(stand -> {
            byte[] payload = WireFrames.random(stand.random(), 700_001);
            TestEndpoint server = stand.serve(
                    new EndpointHandler() {
                        @Override
                        public void connected(Connection connection) {
                            assertEquals(SendResult.ABOVE_MARK, connection.send(payload));
                            connection.close();
                        }
                    },
                    options -> options.maxFrameBytes(1 << 20).closeTimeout(LONG));
            try (Peer peer = server.connect()) {
                WireFrames.expect(peer, payload);
                WireFrames.expectEnd(peer);
            }
            server.expectEnds(1, Kind.CLOSED);
        });
    }

    @Test
    void closeInFrontOfMoreFramesOfOneBufferStillSeesThePeersEnd() {
        check(stand -> {
            TestEndpoint server = stand.serve(
                    new EndpointHandler() {
                        @Override
                        public void frameReceived(Connection connection, Frame frame) {
                            connection.send(frame);
                            connection.close();
                        }
                    },
                    options -> options.closeTimeout(LONG));
            try (Peer peer = server.connect()) {
                byte[] first = {1, 2, 3};
                peer.write(WireFrames.encode(first, new byte[5], new byte[6]));
                WireFrames.expect(peer, first);
                WireFrames.expectEnd(peer);
            }
            server.expectEnds(1, Kind.CLOSED);
        });
    }

    @Test
    void closeEndsInPeaceWhenTheQueueIsAboveItsMark() {
        check(stand -> {
            int replyBytes = 4000;
            TestEndpoint server = stand.serve(
                    new EndpointHandler() {
                        @Override
                        public void frameReceived(Connection connection, Frame frame) {
                            connection.send(new byte[replyBytes]);
                        }
                    },
                    options -> options.sendHighMarkBytes(0).closeTimeout(LONG));
            try (Peer peer = server.connect()) {
                byte[] request = WireFrames.encode(new byte[] {1});
                for (int i = 0; i < 50; i++) {
                    peer.write(request);
                }
                Connection connection = server.awaitConnection(0);
                stand.await("a frame", () -> server.endpoint().counters().framesReceived() > 0);
                connection.close();
                int replies = 0;
                byte[] rest = new byte[replyBytes + 4];
                while (peer.read(rest, 0, 1) > 0) {
                    peer.readFully(rest, 1, rest.length - 1);
                    replies++;
                }
                assertEquals(server.endpoint().counters().framesSent(), replies);
                server.awaitReceived(50L * request.length);
            }
            server.expectEnds(1, Kind.CLOSED);
        });
    }

    @Test
    void abortResetsThePeer() {
        check(stand -> {
            boolean fromOutside = stand.random().nextBoolean();
            TestEndpoint server = stand.serve(new EndpointHandler() {
                @Override
                public void frameReceived(Connection connection, Frame frame) {
                    for (int i = 0; i < 20; i++) {
                        connection.send(new byte[3000]);
                    }
                    if (!fromOutside) {
                        connection.abort();
                    }
                }
            });
            Peer peer = server.connect();
            peer.write(WireFrames.encode(new byte[10]));
            if (fromOutside) {
                stand.await("replies", () -> server.endpoint().counters().framesSent() == 20);
                server.awaitConnection(0).abort();
            }
            server.expectEnds(1, Kind.ABORTED);
            int received = stand.expectReset(peer);
            assertTrue(received <= 20 * 3004, () -> received + " bytes");
            peer.close();
        });
    }

    @Test
    void closeOfASilentPeerIsCutAfterTheCloseTimeout() {
        check(stand -> {
            Duration timeout = Duration.ofMillis(150);
            TestEndpoint server = stand.serve(new Echo(), options -> options.closeTimeout(timeout));
            Peer peer = server.connect();
            peer.write(WireFrames.encode(new byte[] {7}));
            WireFrames.expect(peer, new byte[] {7});
            long begun = stand.nanoTime();
            server.awaitConnection(0).close();
            WireFrames.expectEnd(peer);
            server.expectEnds(1, Kind.CLOSED);
            long took = stand.nanoTime() - begun;
            assertTrue(took >= timeout.toNanos(), () -> "cut after " + took + " ns");
            peer.close();
        });
    }

    @Test
    void closeOfAPeerThatReadsNothingIsCutAfterTheCloseTimeout() {
        check(stand -> {
            Duration timeout = Duration.ofMillis(150);
            byte[] much = new byte[isSimulated() ? 50_000 : 32 << 20];
            TestEndpoint server = stand.serve(
                    new EndpointHandler() {
                        @Override
                        public void connected(Connection connection) {
                            assertEquals(SendResult.ABOVE_MARK, connection.send(much));
                            connection.close();
                        }
                    },
                    options -> options.maxFrameBytes(much.length)
                            .sendHighMarkBytes(0)
                            .closeTimeout(timeout));
            Peer peer = server.connect();
            server.expectEnds(1, Kind.CLOSED);
            stand.expectReset(peer);
            peer.close();
        });
    }

    @Test
    void resetOfAnIdlePeerIsAReset() {
        check(stand -> {
            TestEndpoint server = stand.serve(new Echo());
            Peer peer = server.connect();
            peer.write(WireFrames.encode(new byte[] {7}));
            WireFrames.expect(peer, new byte[] {7});
            server.awaitPendingReads(5);
            peer.reset();
            expectReset(server);
        });
    }

    @Test
    void resetOfAPeerThatReadsNothingIsAReset() {
        check(stand -> {
            byte[] reply = new byte[isSimulated() ? 5000 : 1 << 20];
            TestEndpoint server = stand.serve(
                    new EndpointHandler() {
                        @Override
                        public void frameReceived(Connection connection, Frame frame) {
                            connection.send(reply);
                        }
                    },
                    options -> options.maxFrameBytes(reply.length).sendHighMarkBytes(2 * reply.length));
            Peer peer = server.connect();
            for (int i = 0; i < 20; i++) {
                peer.write(WireFrames.encode(new byte[] {7}));
            }
            stand.await("a reply", () -> server.endpoint().counters().framesSent() >= 2);
            peer.reset();
            expectReset(server);
        });
    }

    @Test
    void resetInTheMiddleOfAFrameIsAReset() {
        check(stand -> {
            TestEndpoint server = stand.serve(new Echo());
            Peer peer = server.connect();
            byte[] begun = new byte[stand.random().nextInt(5000)];
            peer.write(WireFrames.header(5000));
            peer.write(begun);
            server.awaitPendingReads(4L + begun.length);
            peer.reset();
            expectReset(server);
        });
    }

    private static void expectReset(TestEndpoint server) {
        server.expectEnds(1, Kind.RESET);
        assertInstanceOf(
                WinsockException.class, server.order().reasons().getFirst().cause());
    }

    private static List<byte[]> payloads(Random random, int count, int mostBytes) {
        List<byte[]> payloads = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            payloads.add(WireFrames.random(random, random.nextInt(mostBytes + 1)));
        }
        return payloads;
    }
}
