package io.github.iocp4j;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.iocp4j.CloseReason.Kind;
import io.github.iocp4j.testing.Peer;
import java.io.IOException;
import java.time.Duration;
import java.util.Arrays;
import org.junit.jupiter.api.Test;

/// How long a peer may take for one frame: from its first byte, and not while it is this side that does not read.
abstract class FrameLimitContract extends EndpointContract {
    private static final byte[] PAYLOAD = new byte[100];
    private static final byte[] FRAME = WireFrames.encode(PAYLOAD);

    private final Duration limit;

    FrameLimitContract(Kernels kernels) {
        super(kernels);
        limit = isSimulated() ? Duration.ofSeconds(60) : Duration.ofMillis(500);
    }

    @Test
    void halfAHeaderIsCutAtTheLimit() {
        check(stand -> expectCut(stand, new byte[] {100, 0}));
    }

    @Test
    void halfAPayloadIsCutAtTheLimit() {
        check(stand -> expectCut(stand, firstHalf()));
    }

    @Test
    void oneByteAtATimeIsCutAtTheLimitFromTheFirst() {
        check(stand -> {
            TimedEcho echo = new TimedEcho(stand);
            TestEndpoint server = serve(stand, echo);
            Peer peer = server.connect();
            long begun = stand.nanoTime();
            Stand.Task writer = stand.fork("writer", () -> writeSlowly(stand, peer));
            server.expectEnds(1, Kind.FRAME_TIMEOUT);
            echo.expectEnd(begun, limit);
            writer.await();
            Stand.closeQuietly(peer);
        });
    }

    @Test
    void timeOfAFrameBeginsWithItAndNotWithTheOneBefore() {
        check(stand -> {
            TimedEcho echo = new TimedEcho(stand);
            TestEndpoint server = serve(stand, echo);
            Peer peer = server.connect();
            peer.write(firstHalf());
            stand.await("its arrival", () -> server.endpoint().counters().bytesReceived() == FRAME.length / 2);
            stand.kernel().pause(limit.dividedBy(3));
            peer.write(secondHalf());
            WireFrames.expect(peer, PAYLOAD);
            long begun = stand.nanoTime();
            peer.write(firstHalf());
            server.expectEnds(1, Kind.FRAME_TIMEOUT);
            echo.expectEnd(begun, limit);
            stand.expectReset(peer);
            peer.close();
        });
    }

    @Test
    void silenceBetweenFramesIsNoUnfinishedFrame() {
        check(stand -> {
            TestEndpoint server = serve(stand, new TimedEcho(stand));
            try (Peer peer = server.connect()) {
                for (int i = 0; i < 3; i++) {
                    peer.write(firstHalf());
                    peer.write(secondHalf());
                    WireFrames.expect(peer, PAYLOAD);
                    stand.kernel().pause(limit.multipliedBy(2));
                }
            }
            server.expectEnds(1, Kind.PEER_CLOSED);
        });
    }

    /// The frame gets its full time once it is read on.
    @Test
    void timeInWhichReadingIsPausedDoesNotCount() {
        check(stand -> {
            TimedEcho echo = new TimedEcho(stand);
            TestEndpoint server = serve(stand, echo);
            Peer peer = server.connect();
            Connection connection = server.awaitConnection(0);
            pauseInsideAFrame(stand, server, peer, FRAME.length / 2);
            connection.resumeReading();
            stand.kernel().pause(isSimulated() ? limit.multipliedBy(9).dividedBy(10) : Duration.ZERO);
            peer.write(secondHalf());
            WireFrames.expect(peer, PAYLOAD);
            pauseInsideAFrame(stand, server, peer, FRAME.length + FRAME.length / 2);
            long resumed = stand.nanoTime();
            connection.resumeReading();
            server.expectEnds(1, Kind.FRAME_TIMEOUT);
            echo.expectEnd(resumed, limit);
            stand.expectReset(peer);
            peer.close();
        });
    }

    @Test
    void frameThatWaitsInAPausedConnectionIsDeliveredLater() {
        check(stand -> {
            TestEndpoint server = serve(stand, new TimedEcho(stand));
            try (Peer peer = server.connect()) {
                Connection connection = server.awaitConnection(0);
                pauseInsideAFrame(stand, server, peer, FRAME.length / 2);
                peer.write(secondHalf());
                stand.kernel().pause(limit.multipliedBy(2));
                assertTrue(connection.isOpen());
                connection.resumeReading();
                WireFrames.expect(peer, PAYLOAD);
            }
            server.expectEnds(1, Kind.PEER_CLOSED);
        });
    }

    @Test
    void timeInWhichTheQueueIsAboveItsMarkDoesNotCount() {
        checkLong(stand -> {
            byte[] much = new byte[isSimulated() ? 40_000 : 24 << 20];
            TestEndpoint server = stand.serve(
                    new TimedEcho(stand),
                    options -> options.maxFrameBytes(much.length)
                            .sendHighMarkBytes(0)
                            .writeStallTimeout(Duration.ZERO)
                            .frameTimeout(limit));
            try (Peer peer = server.connect()) {
                Connection connection = server.awaitConnection(0);
                peer.write(firstHalf());
                stand.await("its arrival", () -> server.endpoint().counters().bytesReceived() == FRAME.length / 2);
                assertEquals(SendResult.ABOVE_MARK, connection.send(much));
                peer.write(secondHalf());
                stand.kernel().pause(limit.multipliedBy(3));
                assertTrue(connection.isOpen());
                WireFrames.expect(peer, much, PAYLOAD);
            }
            server.expectEnds(1, Kind.PEER_CLOSED);
        });
    }

    @Test
    void noLimitIsNoLimit() {
        check(stand -> {
            TestEndpoint server = stand.serve(new TimedEcho(stand), options -> options.frameTimeout(Duration.ZERO));
            try (Peer peer = server.connect()) {
                peer.write(firstHalf());
                stand.kernel().pause(isSimulated() ? Duration.ofMinutes(30) : limit);
                peer.write(secondHalf());
                WireFrames.expect(peer, PAYLOAD);
            }
            server.expectEnds(1, Kind.PEER_CLOSED);
        });
    }

    private TestEndpoint serve(Stand stand, TimedEcho echo) throws IOException {
        return stand.serve(echo, options -> options.frameTimeout(limit));
    }

    private void expectCut(Stand stand, byte[] part) throws IOException {
        TimedEcho echo = new TimedEcho(stand);
        TestEndpoint server = serve(stand, echo);
        Peer peer = server.connect();
        peer.write(FRAME);
        WireFrames.expect(peer, PAYLOAD);
        long begun = stand.nanoTime();
        peer.write(part);
        server.expectEnds(1, Kind.FRAME_TIMEOUT);
        echo.expectEnd(begun, limit);
        stand.expectReset(peer);
        peer.close();
    }

    /// Lets half a frame arrive and pauses for longer than its limit.
    private void pauseInsideAFrame(Stand stand, TestEndpoint server, Peer peer, int arrived) throws IOException {
        peer.write(firstHalf());
        stand.await("its arrival", () -> server.endpoint().counters().bytesReceived() == arrived);
        stand.kernel().pause(Duration.ofMillis(stand.random().nextInt(20)));
        server.awaitConnection(0).pauseReading();
        stand.kernel().pause(limit.multipliedBy(3));
        assertTrue(server.awaitConnection(0).isOpen(), "a connection that is paused is not cut");
    }

    /// Until it is cut.
    private void writeSlowly(Stand stand, Peer peer) {
        try {
            peer.write(WireFrames.header(1000));
            while (true) {
                stand.kernel().pause(limit.dividedBy(10));
                peer.write(new byte[1]);
            }
        } catch (IOException _) {
            // It is.
        }
    }

    private static byte[] firstHalf() {
        return Arrays.copyOf(FRAME, FRAME.length / 2);
    }

    private static byte[] secondHalf() {
        return Arrays.copyOfRange(FRAME, FRAME.length / 2, FRAME.length);
    }
}
