package io.github.iocp4j;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.iocp4j.CloseReason.Kind;
import io.github.iocp4j.testing.Peer;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

/// What happens to connections on which nothing happens: silent ones, and those of peers that take nothing.
abstract class TimeLimitsContract extends EndpointContract {
    private static final byte[] PAYLOAD = {1, 2, 3};
    private static final Duration SOON = Duration.ofSeconds(2);

    private final Duration limit;

    /// More than the network takes for a peer that does not read.
    private final byte[] much;

    TimeLimitsContract(Kernels kernels) {
        super(kernels);
        limit = isSimulated() ? Duration.ofSeconds(60) : Duration.ofMillis(500);
        much = new byte[isSimulated() ? 60_000 : 24 << 20];
    }

    @Test
    void silentConnectionIsClosedAsIdleAfterTheLimit() {
        check(stand -> {
            TimedEcho echo = new TimedEcho(stand);
            TestEndpoint server = stand.serve(echo, options -> options.idleTimeout(limit));
            try (Peer peer = server.connect()) {
                WireFrames.expectEnd(peer);
            }
            server.expectEnds(1, Kind.IDLE);
            assertEquals(1, echo.idles().size());
            echo.expectAfter(limit, echo.idles().getFirst() - echo.connectedAt());
        });
    }

    @Test
    void idleCountsFromTheLastFrame() {
        check(stand -> {
            TimedEcho echo = new TimedEcho(stand);
            TestEndpoint server = stand.serve(echo, options -> options.idleTimeout(limit));
            try (Peer peer = server.connect()) {
                stand.kernel().pause(limit.dividedBy(3));
                peer.write(WireFrames.encode(PAYLOAD));
                WireFrames.expect(peer, PAYLOAD);
                WireFrames.expectEnd(peer);
            }
            server.expectEnds(1, Kind.IDLE);
            expectQuietBefore(echo, echo.idles().getFirst());
        });
    }

    @Test
    void handlerWithoutAnIdleOfItsOwnClosesToo() {
        check(stand -> {
            TestEndpoint server = stand.serve(new Echo(), options -> options.idleTimeout(limit));
            try (Peer peer = server.connect()) {
                WireFrames.expectEnd(peer);
            }
            server.expectEnds(1, Kind.IDLE);
        });
    }

    @Test
    void connectionIsNotIdleWhileThePeerSends() {
        check(stand -> {
            TimedEcho silent = new TimedEcho(stand) {
                @Override
                public void frameReceived(Connection connection, Frame frame) {
                    noteFrame();
                }
            };
            TestEndpoint server = stand.serve(silent, options -> options.idleTimeout(limit));
            try (Peer peer = server.connect()) {
                for (int i = 0; i < 12; i++) {
                    peer.write(WireFrames.encode(PAYLOAD));
                    stand.kernel().pause(limit.dividedBy(4));
                }
                expectNoIdle(silent, server);
            }
        });
    }

    @Test
    void connectionIsNotIdleWhileThisSideSends() {
        check(stand -> {
            TimedEcho echo = new TimedEcho(stand);
            TestEndpoint server = stand.serve(echo, options -> options.idleTimeout(limit));
            try (Peer peer = server.connect()) {
                Connection connection = server.awaitConnection(0);
                for (int i = 0; i < 12; i++) {
                    // Noted before the send counts.
                    echo.noteFrame();
                    if (connection.send(PAYLOAD) == SendResult.QUEUED) {
                        WireFrames.expect(peer, PAYLOAD);
                    }
                    stand.kernel().pause(limit.dividedBy(4));
                }
                expectNoIdle(echo, server);
            }
        });
    }

    @Test
    void idleComesAgainAndAgain() {
        check(stand -> expectIdles(stand, false));
    }

    @Test
    void idleThatSendsComesAgainWhenItStaysIdle() {
        check(stand -> expectIdles(stand, true));
    }

    @Test
    void peerThatNeverReadsIsCutAfterTheLimit() {
        checkLong(stand -> {
            TimedEcho echo = new TimedEcho(stand);
            TestEndpoint server = serveMuch(stand, echo, limit);
            Peer peer = server.connect();
            Connection connection = server.awaitConnection(0);
            long begun = stand.nanoTime();
            assertEquals(SendResult.QUEUED, connection.send(much));
            server.expectEnds(1, Kind.WRITE_STALLED);
            echo.expectEnd(begun, limit);
            stand.expectReset(peer);
            peer.close();
        });
    }

    /// It takes many times the limit for all, but a send's worth in much less.
    @Test
    void slowPeerThatMovesIsNotCut() {
        checkLong(stand -> {
            Duration stall = isSimulated() ? limit : limit.multipliedBy(4);
            TestEndpoint server = serveMuch(stand, new TimedEcho(stand), stall);
            Peer peer = server.connect();
            Connection connection = server.awaitConnection(0);
            // A send takes dozens of small frames together, or one of these large ones.
            int frameBytes = isSimulated() ? 150 : 256 << 10;
            int frames = isSimulated() ? 400 : 96;
            Duration rest = stall.multipliedBy(3).dividedBy(frames);
            for (int i = 0; i < frames; i++) {
                assertEquals(SendResult.QUEUED, connection.send(new byte[frameBytes]));
            }
            long begun = stand.nanoTime();
            for (int i = 0; i < frames; i++) {
                stand.kernel().pause(rest);
                assertEquals(frameBytes, WireFrames.read(peer).length);
            }
            assertTrue(stand.nanoTime() - begun > 2 * stall.toNanos(), "it took longer than the limit");
            peer.close();
            server.expectEnds(1, Kind.PEER_CLOSED);
        });
    }

    @Test
    void stallOfASecondSendCountsFromItsBeginning() {
        checkLong(stand -> {
            TimedEcho echo = new TimedEcho(stand);
            TestEndpoint server = serveMuch(stand, echo, limit);
            Peer peer = server.connect();
            Connection connection = server.awaitConnection(0);
            assertEquals(SendResult.QUEUED, connection.send(much));
            WireFrames.expect(peer, much);
            stand.kernel().pause(limit.dividedBy(2));
            long begun = stand.nanoTime();
            assertEquals(SendResult.QUEUED, connection.send(much));
            server.expectEnds(1, Kind.WRITE_STALLED);
            echo.expectEnd(begun, limit);
            stand.expectReset(peer);
            peer.close();
        });
    }

    @Test
    void limitsOfZeroNeverCome() {
        checkLong(stand -> {
            TimedEcho echo = new TimedEcho(stand);
            TestEndpoint server = serveMuch(stand, echo, Duration.ZERO);
            Peer peer = server.connect();
            assertEquals(SendResult.QUEUED, server.awaitConnection(0).send(much));
            peer.write(WireFrames.header(10));
            stand.kernel().pause(isSimulated() ? Duration.ofMinutes(30) : limit.multipliedBy(2));
            WireFrames.expect(peer, much);
            peer.write(new byte[10]);
            WireFrames.expect(peer, new byte[10]);
            assertEquals(List.of(), echo.idles());
            peer.close();
            server.expectEnds(1, Kind.PEER_CLOSED);
        });
    }

    /// An alarm that is set holds a count, which must not keep the connection until it would ring.
    @Test
    void closedConnectionIsReleasedBeforeItsAlarmsWouldRing() {
        check(stand -> {
            TimedEcho echo = new TimedEcho(stand);
            TestEndpoint server = serveWithMinutes(stand, echo);
            Peer peer = server.connect();
            peer.write(WireFrames.encode(PAYLOAD));
            WireFrames.expect(peer, PAYLOAD);
            peer.write(WireFrames.header(100));
            long closed = stand.nanoTime();
            peer.close();
            server.awaitReleased(1);
            expectSoon(echo.releasedAt() - closed);
            assertEquals(0, server.endpoint().counters().connections().pendingIo());
        });
    }

    @Test
    void abortedConnectionIsReleasedBeforeItsAlarmsWouldRingAlsoWhileASendIsPending() {
        checkLong(stand -> {
            TimedEcho echo = new TimedEcho(stand);
            TestEndpoint server = serveWithMinutes(stand, echo);
            Peer peer = server.connect();
            Connection connection = server.awaitConnection(0);
            assertEquals(SendResult.QUEUED, connection.send(much));
            peer.write(WireFrames.header(100));
            stand.kernel().pause(Duration.ofMillis(stand.random().nextInt(50)));
            long aborted = stand.nanoTime();
            connection.abort();
            server.expectEnds(1, Kind.ABORTED);
            expectSoon(echo.releasedAt() - aborted);
            assertEquals(0, server.endpoint().counters().connections().pendingIo());
            stand.expectReset(peer);
            peer.close();
        });
    }

    @Test
    void connectionOfAResettingPeerIsReleasedBeforeItsAlarmsWouldRing() {
        checkLong(stand -> {
            TimedEcho echo = new TimedEcho(stand);
            TestEndpoint server = serveWithMinutes(stand, echo);
            Peer peer = server.connect();
            assertEquals(SendResult.QUEUED, server.awaitConnection(0).send(much));
            stand.kernel().pause(Duration.ofMillis(stand.random().nextInt(50)));
            long reset = stand.nanoTime();
            peer.reset();
            server.awaitReleased(1);
            expectSoon(echo.releasedAt() - reset);
            assertEquals(0, server.endpoint().counters().connections().pendingIo());
        });
    }

    @Test
    void gracefulCloseIsCutAtItsLimitAndNotBefore() {
        checkLong(stand -> {
            TimedEcho echo = new TimedEcho(stand);
            TestEndpoint server = stand.serve(
                    echo,
                    options -> options.maxFrameBytes(much.length)
                            .sendHighMarkBytes(2 * much.length)
                            .closeTimeout(limit));
            Peer peer = server.connect();
            Connection connection = server.awaitConnection(0);
            assertEquals(SendResult.QUEUED, connection.send(much));
            long closed = stand.nanoTime();
            connection.close();
            server.expectEnds(1, Kind.CLOSED);
            echo.expectEnd(closed, limit);
            stand.expectReset(peer);
            peer.close();
        });
    }

    private void expectIdles(Stand stand, boolean sends) throws IOException {
        TimedEcho echo = new TimedEcho(stand) {
            @Override
            public void idle(Connection connection) {
                noteIdle();
                if (idles().size() == 4) {
                    connection.close();
                } else if (sends) {
                    note(connection.send(PAYLOAD));
                }
            }
        };
        TestEndpoint server = stand.serve(echo, options -> options.idleTimeout(limit));
        try (Peer peer = server.connect()) {
            for (int i = 0; sends && i < 3; i++) {
                WireFrames.expect(peer, PAYLOAD);
            }
            WireFrames.expectEnd(peer);
        }
        server.expectEnds(1, Kind.IDLE);
        long before = echo.connectedAt();
        for (long at : echo.idles()) {
            // The time began a little before the callback that was told of its end.
            echo.expectAfter(limit.minus(tolerance()), at - before);
            before = at;
        }
        assertEquals(4, echo.idles().size());
        assertTrue(echo.refusals().isEmpty());
    }

    /// A real machine may hold up a peer for longer than the limit: then the connection was idle.
    private void expectNoIdle(TimedEcho echo, TestEndpoint server) {
        List<Long> idles = echo.idles();
        if (isSimulated()) {
            assertEquals(List.of(), idles);
            assertTrue(server.awaitConnection(0).isOpen());
        }
        for (long at : idles) {
            long longest = 0;
            long before = echo.connectedAt();
            for (long frame : echo.frames()) {
                longest = Math.max(longest, frame - before);
                before = frame;
            }
            long gap = Math.max(longest, at - before);
            assertTrue(gap >= limit.toNanos() / 2, () -> "idle, but never quiet for longer than " + gap + " ns");
        }
    }

    private void expectQuietBefore(TimedEcho echo, long idleAt) {
        echo.expectAfter(limit.minus(tolerance()), idleAt - echo.frames().getLast());
    }

    /// How long after something has happened a callback may note that it has.
    private Duration tolerance() {
        return Duration.ofMillis(isSimulated() ? 1 : 250);
    }

    private TestEndpoint serveMuch(Stand stand, TimedEcho echo, Duration stall) throws IOException {
        return stand.serve(
                echo,
                options -> options.maxFrameBytes(much.length)
                        .sendHighMarkBytes(2 * much.length)
                        .frameTimeout(Duration.ZERO)
                        .idleTimeout(Duration.ZERO)
                        .writeStallTimeout(stall));
    }

    private TestEndpoint serveWithMinutes(Stand stand, TimedEcho echo) throws IOException {
        Duration minutes = Duration.ofMinutes(3);
        return stand.serve(
                echo,
                options -> options.maxFrameBytes(much.length)
                        .sendHighMarkBytes(2 * much.length)
                        .frameTimeout(minutes)
                        .idleTimeout(minutes)
                        .writeStallTimeout(minutes)
                        .closeTimeout(minutes));
    }

    private void expectSoon(long tookNanos) {
        Duration took = Duration.ofNanos(tookNanos);
        Duration most = isSimulated() ? SOON : SOON.multipliedBy(5);
        assertTrue(took.compareTo(most) <= 0, () -> "released only after " + took);
    }
}
