package io.github.iocp4j;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.iocp4j.CloseReason.Kind;
import io.github.iocp4j.testing.Peer;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/// Connections that deliver only what was asked for: the article's `ARead`.
abstract class ManualReadContract extends EndpointContract {
    private static final byte[] ONE = {1};
    private static final byte[] TWO = {2, 2};
    private static final byte[] THREE = {3, 3, 3};

    ManualReadContract(Kernels kernels) {
        super(kernels);
    }

    @Test
    void eachReadDeliversOneFrame() {
        check(stand -> {
            Counting handler = new Counting();
            TestEndpoint server = stand.serve(handler, options -> options.automaticReading(false));
            try (Peer peer = server.connect()) {
                peer.write(WireFrames.encode(ONE, TWO, THREE));
                Connection connection = server.awaitConnection(0);
                handler.expectStandstill(stand, 0);
                connection.read();
                WireFrames.expect(peer, ONE);
                handler.expectStandstill(stand, 1);
                connection.read(2);
                WireFrames.expect(peer, TWO, THREE);
                connection.read();
            }
            server.expectEnds(1, Kind.PEER_CLOSED);
            assertEquals(1, handler.ends.get());
        });
    }

    @Test
    void readsAskedForAheadAddUp() {
        check(stand -> {
            Counting handler = new Counting();
            TestEndpoint server = stand.serve(handler, options -> options.automaticReading(false));
            try (Peer peer = server.connect()) {
                Connection connection = server.awaitConnection(0);
                connection.read();
                connection.read(1);
                connection.read(Integer.MAX_VALUE);
                connection.read(Integer.MAX_VALUE);
                for (int i = 0; i < 5; i++) {
                    peer.write(WireFrames.encode(TWO));
                    WireFrames.expect(peer, TWO);
                }
            }
            server.expectEnds(1, Kind.PEER_CLOSED);
        });
    }

    /// A frame in several pieces is one frame.
    @Test
    void oneReadIsOneFrameHoweverManyPiecesItComesIn() {
        check(stand -> {
            Counting handler = new Counting();
            TestEndpoint server = stand.serve(handler, options -> options.automaticReading(false));
            byte[] large = WireFrames.random(stand.random(), 10_000);
            try (Peer peer = server.connect()) {
                Connection connection = server.awaitConnection(0);
                connection.read();
                WireFrames.writeInPieces(peer, WireFrames.encode(large, ONE), stand.random(), 3_000);
                WireFrames.expect(peer, large);
                handler.expectStandstill(stand, 1);
                connection.read();
                WireFrames.expect(peer, ONE);
                connection.read();
            }
            server.expectEnds(1, Kind.PEER_CLOSED);
        });
    }

    @Test
    void handlerThatAsksInEachCallbackReadsAll() {
        check(stand -> {
            EndpointHandler handler = new Echo() {
                @Override
                public void connected(Connection connection) {
                    connection.automaticReading(false);
                    connection.read();
                }

                @Override
                public void frameReceived(Connection connection, Frame frame) {
                    super.frameReceived(connection, frame);
                    connection.read();
                }
            };
            TestEndpoint server = stand.serve(handler);
            try (Peer peer = server.connect()) {
                for (int i = 0; i < 20; i++) {
                    peer.write(WireFrames.encode(ONE, TWO));
                    WireFrames.expect(peer, ONE, TWO);
                }
            }
            server.expectEnds(1, Kind.PEER_CLOSED);
        });
    }

    @Test
    void endOfTheStreamIsToldToWhoHasAsked() {
        check(stand -> {
            Counting handler = new Counting();
            TestEndpoint server = stand.serve(handler, options -> options.automaticReading(false));
            Peer peer = server.connect();
            Connection connection = server.awaitConnection(0);
            peer.shutdownOutput();
            handler.expectStandstill(stand, 0);
            assertTrue(connection.isOpen());
            connection.read();
            WireFrames.expectEnd(peer);
            peer.close();
            server.expectEnds(1, Kind.PEER_CLOSED);
            assertEquals(1, handler.ends.get());
        });
    }

    @Test
    void resetIsToldToWhoHasAsked() {
        check(stand -> {
            TestEndpoint server = stand.serve(new Counting(), options -> options.automaticReading(false));
            Peer peer = server.connect();
            Connection connection = server.awaitConnection(0);
            connection.read();
            server.awaitPendingReads(0);
            peer.reset();
            server.expectEnds(1, Kind.RESET);
        });
    }

    @Test
    void switchChangesTheWayOfReading() {
        check(stand -> {
            Counting handler = new Counting();
            TestEndpoint server = stand.serve(handler);
            try (Peer peer = server.connect()) {
                Connection connection = server.awaitConnection(0);
                connection.read(9);
                peer.write(WireFrames.encode(ONE));
                WireFrames.expect(peer, ONE);
                connection.automaticReading(false);
                peer.write(WireFrames.encode(TWO));
                handler.expectStandstill(stand, 1);
                connection.read();
                WireFrames.expect(peer, TWO);
                connection.automaticReading(true);
                peer.write(WireFrames.encode(THREE));
                WireFrames.expect(peer, THREE);
            }
            server.expectEnds(1, Kind.PEER_CLOSED);
        });
    }

    @Test
    void pauseHoldsWhatWasAskedFor() {
        check(stand -> {
            Counting handler = new Counting();
            TestEndpoint server = stand.serve(handler, options -> options.automaticReading(false));
            try (Peer peer = server.connect()) {
                Connection connection = server.awaitConnection(0);
                connection.pauseReading();
                connection.read();
                peer.write(WireFrames.encode(ONE, TWO));
                handler.expectStandstill(stand, 0);
                connection.resumeReading();
                WireFrames.expect(peer, ONE);
                handler.expectStandstill(stand, 1);
                connection.read(2);
                WireFrames.expect(peer, TWO);
            }
            server.expectEnds(1, Kind.PEER_CLOSED);
        });
    }

    /// The second frame is unfinished for as long as this side likes.
    @Test
    void frameTimeLimitStandsStillWhileNothingIsAskedFor() {
        check(stand -> {
            Counting handler = new Counting();
            Duration limit = Duration.ofMillis(isSimulated() ? 200 : 700);
            TestEndpoint server = stand.serve(
                    handler, options -> options.automaticReading(false).frameTimeout(limit));
            try (Peer peer = server.connect()) {
                Connection connection = server.awaitConnection(0);
                byte[] bytes = WireFrames.encode(ONE, TWO);
                connection.read();
                peer.write(bytes, 0, bytes.length - 1);
                WireFrames.expect(peer, ONE);
                stand.kernel().pause(limit.multipliedBy(3));
                peer.write(bytes, bytes.length - 1, 1);
                connection.read(2);
                WireFrames.expect(peer, TWO);
            }
            server.expectEnds(1, Kind.PEER_CLOSED);
        });
    }

    @Test
    void closesAndIdleTimesGoOnWithoutReads() {
        check(stand -> {
            TestEndpoint server = stand.serve(
                    new Counting(), options -> options.automaticReading(false).idleTimeout(Duration.ofMillis(100)));
            Peer peer = server.connect();
            WireFrames.expectEnd(peer);
            peer.close();
            server.expectEnds(1, Kind.IDLE);
        });
    }

    @Test
    void lessThanOneFrameIsRefused() {
        check(stand -> {
            TestEndpoint server = stand.serve(new Counting());
            try (Peer peer = server.connect()) {
                Connection connection = server.awaitConnection(0);
                assertThrows(IllegalArgumentException.class, () -> connection.read(0));
                peer.write(WireFrames.encode(ONE));
                WireFrames.expect(peer, ONE);
            }
            server.expectEnds(1, Kind.PEER_CLOSED);
        });
    }

    private static final class Counting extends Echo {
        private final AtomicInteger frames = new AtomicInteger();
        private final AtomicInteger ends = new AtomicInteger();

        @Override
        public void frameReceived(Connection connection, Frame frame) {
            frames.getAndIncrement();
            super.frameReceived(connection, frame);
        }

        @Override
        public void inputEnded(Connection connection) {
            ends.getAndIncrement();
            super.inputEnded(connection);
        }

        void expectStandstill(Stand stand, int count) {
            stand.kernel().pause(Duration.ofMillis(stand.isSimulated() ? 500 : 60));
            assertEquals(count, frames.get(), "frames, of which no more were asked for");
            assertEquals(0, ends.get(), "ends of the stream, which nobody asked for");
        }
    }
}
