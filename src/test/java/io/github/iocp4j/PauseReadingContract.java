package io.github.iocp4j;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.iocp4j.CloseReason.Kind;
import io.github.iocp4j.testing.Peer;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/// Connections that don't read for a while.
abstract class PauseReadingContract extends EndpointContract {
    private static final byte[] ONE = {1};
    private static final byte[] TWO = {2, 2};
    private static final byte[] THREE = {3, 3, 3};

    PauseReadingContract(Kernels kernels) {
        super(kernels);
    }

    @Test
    void pauseInsideACallbackHoldsTheNextFrameOfTheSameChunk() {
        check(stand -> {
            Pausing handler = new Pausing(true);
            TestEndpoint server = stand.serve(handler);
            try (Peer peer = server.connect()) {
                peer.write(WireFrames.encode(ONE, TWO, THREE));
                for (int i = 1; i <= 3; i++) {
                    int due = i;
                    stand.await("frame " + i, () -> handler.frames.get() == due);
                    expectStandstill(stand, handler, i);
                    server.awaitConnection(0).resumeReading();
                }
                WireFrames.expect(peer, ONE, TWO, THREE);
            }
            server.expectEnds(1, Kind.PEER_CLOSED);
        });
    }

    @Test
    void pauseOfAnotherThreadHoldsWhatArrivesLater() {
        check(stand -> {
            Pausing handler = new Pausing(false);
            TestEndpoint server = stand.serve(handler);
            try (Peer peer = server.connect()) {
                peer.write(WireFrames.encode(ONE));
                WireFrames.expect(peer, ONE);
                Connection connection = server.awaitConnection(0);
                connection.pauseReading();
                peer.write(WireFrames.encode(TWO, THREE));
                expectStandstill(stand, handler, 1);
                connection.resumeReading();
                WireFrames.expect(peer, TWO, THREE);
            }
            server.expectEnds(1, Kind.PEER_CLOSED);
        });
    }

    @Test
    void endOfTheStreamWaitsBehindAPauseToo() {
        check(stand -> {
            Pausing handler = new Pausing(false);
            TestEndpoint server = stand.serve(handler);
            Peer peer = server.connect();
            Connection connection = server.awaitConnection(0);
            connection.pauseReading();
            peer.write(WireFrames.encode(ONE));
            peer.shutdownOutput();
            expectStandstill(stand, handler, 0);
            assertTrue(connection.isOpen());
            connection.resumeReading();
            WireFrames.expect(peer, ONE);
            WireFrames.expectEnd(peer);
            peer.close();
            server.expectEnds(1, Kind.PEER_CLOSED);
            assertEquals(1, handler.ends.get());
        });
    }

    @Test
    void pauseInConnectedHoldsTheFirstFrame() {
        check(stand -> {
            Pausing handler = new Pausing(false) {
                @Override
                public void connected(Connection connection) {
                    connection.pauseReading();
                }
            };
            TestEndpoint server = stand.serve(handler);
            try (Peer peer = server.connect()) {
                peer.write(WireFrames.encode(ONE, TWO));
                Connection connection = server.awaitConnection(0);
                expectStandstill(stand, handler, 0);
                connection.resumeReading();
                WireFrames.expect(peer, ONE, TWO);
            }
            server.expectEnds(1, Kind.PEER_CLOSED);
        });
    }

    @Test
    void pausedConnectionStillSends() {
        check(stand -> {
            TestEndpoint server = stand.serve(new Pausing(false));
            try (Peer peer = server.connect()) {
                Connection connection = server.awaitConnection(0);
                connection.pauseReading();
                assertEquals(SendResult.QUEUED, connection.send(THREE));
                WireFrames.expect(peer, THREE);
            }
            server.awaitConnection(0).resumeReading();
            server.expectEnds(1, Kind.PEER_CLOSED);
        });
    }

    @Test
    void closeOfAPausedConnectionSendsWhatIsQueuedAndSeesThePeersEnd() {
        check(stand -> {
            Pausing handler = new Pausing(false);
            TestEndpoint server = stand.serve(handler, options -> options.closeTimeout(Duration.ofMinutes(2)));
            Peer peer = server.connect();
            Connection connection = server.awaitConnection(0);
            connection.pauseReading();
            peer.write(WireFrames.encode(ONE));
            peer.shutdownOutput();
            expectStandstill(stand, handler, 0);
            assertEquals(SendResult.QUEUED, connection.send(THREE));
            connection.close();
            WireFrames.expect(peer, THREE);
            WireFrames.expectEnd(peer);
            peer.close();
            server.expectEnds(1, Kind.CLOSED);
            assertEquals(0, handler.frames.get(), "what comes in after a close is thrown away");
        });
    }

    @Test
    void abortOfAPausedConnectionEndsIt() {
        check(stand -> {
            TestEndpoint server = stand.serve(new Pausing(false));
            Peer peer = server.connect();
            Connection connection = server.awaitConnection(0);
            connection.pauseReading();
            peer.write(WireFrames.encode(ONE));
            connection.abort();
            server.expectEnds(1, Kind.ABORTED);
            stand.expectReset(peer);
            peer.close();
        });
    }

    @Test
    void endpointClosesWithPausedConnections() {
        check(stand -> {
            TestEndpoint server = stand.serve(new Pausing(false));
            Peer peer = server.connect();
            server.awaitConnection(0).pauseReading();
            peer.write(WireFrames.encode(ONE));
            Stand.Task closing = stand.fork("closing", () -> server.endpoint().close(Duration.ofMinutes(1)));
            WireFrames.expectEnd(peer);
            peer.close();
            closing.await();
            server.expectEnds(1, Kind.ENDPOINT_CLOSED);
        });
    }

    @Test
    void pausesAndResumesDontAddUp() {
        check(stand -> {
            Pausing handler = new Pausing(false);
            TestEndpoint server = stand.serve(handler);
            try (Peer peer = server.connect()) {
                Connection connection = server.awaitConnection(0);
                connection.resumeReading();
                connection.resumeReading();
                connection.pauseReading();
                connection.pauseReading();
                peer.write(WireFrames.encode(ONE));
                expectStandstill(stand, handler, 0);
                connection.resumeReading();
                WireFrames.expect(peer, ONE);
                connection.resumeReading();
                peer.write(WireFrames.encode(TWO));
                WireFrames.expect(peer, TWO);
            }
            server.expectEnds(1, Kind.PEER_CLOSED);
        });
    }

    @Test
    void staleConnectionPausesNobodyElse() {
        check(stand -> {
            TestEndpoint server = stand.serve(new Pausing(false), options -> options.maxConnections(1));
            Peer first = server.connect();
            Connection stale = server.awaitConnection(0);
            first.close();
            server.awaitReleased(1);
            try (Peer second = server.connect()) {
                Connection fresh = server.awaitConnection(1);
                stale.pauseReading();
                second.write(WireFrames.encode(ONE));
                WireFrames.expect(second, ONE);
                fresh.pauseReading();
                stale.resumeReading();
                second.write(WireFrames.encode(TWO));
                stand.kernel().pause(Duration.ofMillis(isSimulated() ? 500 : 100));
                assertEquals(1, server.endpoint().counters().framesReceived());
                assertFalse(stale.isOpen());
                fresh.resumeReading();
                WireFrames.expect(second, TWO);
            }
            server.expectEnds(2, Kind.PEER_CLOSED);
        });
    }

    /// The next connection in the same memory begins as if nobody had ever paused.
    @Test
    void pauseEndsWithItsConnection() {
        check(stand -> {
            TestEndpoint server = stand.serve(new Pausing(false), options -> options.maxConnections(1));
            Peer first = server.connect();
            Connection paused = server.awaitConnection(0);
            paused.pauseReading();
            paused.abort();
            server.awaitReleased(1);
            Stand.closeQuietly(first);
            try (Peer second = server.connect()) {
                second.write(WireFrames.encode(ONE));
                WireFrames.expect(second, ONE);
            }
            server.awaitReleased(2);
        });
    }

    /// Whatever the interleaving, nothing is lost and nothing hangs.
    @Test
    void everyFrameIsEchoedWhileOthersPauseAndResume() {
        check(stand -> {
            TestEndpoint server = stand.serve(new Pausing(false));
            int count = 60;
            try (Peer peer = server.connect()) {
                Connection connection = server.awaitConnection(0);
                Stand.Task pauser = stand.fork("pauser", () -> {
                    for (int i = 0; i < 40; i++) {
                        connection.pauseReading();
                        stand.kernel().pause(Duration.ofNanos(20_000));
                        connection.resumeReading();
                        stand.kernel().pause(Duration.ofNanos(20_000));
                    }
                });
                Stand.Task writer = stand.fork("writer", () -> {
                    for (int i = 0; i < count; i++) {
                        peer.write(WireFrames.encode(new byte[] {(byte) i}));
                    }
                });
                for (int i = 0; i < count; i++) {
                    WireFrames.expect(peer, new byte[] {(byte) i});
                }
                writer.await();
                pauser.await();
            }
            server.expectEnds(1, Kind.PEER_CLOSED);
        });
    }

    private void expectStandstill(Stand stand, Pausing handler, int frames) {
        stand.kernel().pause(Duration.ofMillis(isSimulated() ? 500 : 60));
        assertEquals(frames, handler.frames.get(), "frames, in spite of the pause");
        assertEquals(0, handler.ends.get(), "ends of the stream, in spite of the pause");
    }

    /// Echoes, and pauses after each frame if it is told to.
    private static class Pausing extends Echo {
        private final AtomicInteger frames = new AtomicInteger();
        private final AtomicInteger ends = new AtomicInteger();
        private final boolean pausing;

        Pausing(boolean pausing) {
            this.pausing = pausing;
        }

        @Override
        public void frameReceived(Connection connection, Frame frame) {
            if (pausing) {
                connection.pauseReading();
            }
            frames.getAndIncrement();
            super.frameReceived(connection, frame);
        }

        @Override
        public void inputEnded(Connection connection) {
            ends.getAndIncrement();
            super.inputEnded(connection);
        }
    }
}
