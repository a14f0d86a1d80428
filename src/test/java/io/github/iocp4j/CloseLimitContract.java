package io.github.iocp4j;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.iocp4j.CloseReason.Kind;
import io.github.iocp4j.internal.host.Signal;
import io.github.iocp4j.testing.Peer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;

/// That a close ends within the time that it is given, whoever holds it up.
abstract class CloseLimitContract extends EndpointContract {
    private static final Duration LONG = Duration.ofMinutes(2);
    private static final Duration LIMIT = Duration.ofSeconds(1);

    CloseLimitContract(Kernels kernels) {
        super(kernels);
    }

    @Test
    void peersThatNeverReadAreCutAtThreeQuartersOfTheTime() {
        checkLong(stand -> {
            TestEndpoint server = stand.serve(new Flood());
            List<Peer> peers = new ArrayList<>();
            for (int i = 0; i < 3; i++) {
                peers.add(server.connect());
                peers.getLast().write(WireFrames.encode(new byte[1]));
            }
            stand.await("full queues", () -> server.endpoint().counters().sendsRefused() >= 3);
            Duration took = stand.time(() -> server.endpoint().close(LIMIT));
            stand.expectWithin(LIMIT, took);
            assertTrue(took.compareTo(LIMIT.dividedBy(4).multipliedBy(3)) >= 0, () -> "cut after " + took);
            server.expectEnds(3, Kind.ENDPOINT_CLOSED);
            assertEquals("", server.endpoint().leftOver());
            peers.forEach(stand::expectReset);
            peers.forEach(Stand::closeQuietly);
        });
    }

    @Test
    void closeWithoutTimeAbortsAtOnceAndLeavesNothing() {
        check(stand -> {
            TestEndpoint server = stand.serve(new Flood());
            List<Peer> peers = new ArrayList<>();
            for (int i = 0; i < 3; i++) {
                peers.add(server.connect());
                peers.getLast().write(WireFrames.encode(new byte[1]));
            }
            server.awaitConnection(2);
            Duration took = stand.time(() -> server.endpoint().close(Duration.ZERO));
            stand.expectWithin(EndpointClose.LEAST, took);
            server.expectEnds(3, Kind.ENDPOINT_CLOSED);
            assertEquals("", server.endpoint().leftOver());
            peers.forEach(stand::expectReset);
            peers.forEach(Stand::closeQuietly);
        });
    }

    @Test
    void closeWithoutTimeDuringAStormLeavesNothing() {
        check(stand -> {
            TestEndpoint server = stand.serve(new Echo(), options -> options.maxConnections(6));
            TestEndpoint client = stand.client(new Storm.Talker(), options -> options.maxConnections(4));
            InetSocketAddress address = server.endpoint().localAddress();
            Signal over = stand.kernel().host().newSignal();
            List<Stand.Task> tasks = new ArrayList<>();
            for (int i = 0; i < 3; i++) {
                var random = new java.util.Random(stand.random().nextLong());
                tasks.add(stand.fork("peer-" + i, () -> {
                    while (!over.isSet()) {
                        Storm.connection(stand, address, random);
                    }
                }));
            }
            tasks.add(stand.fork("connecting", () -> {
                while (!over.isSet()) {
                    boolean _ = client.endpoint().connect(address, null);
                    stand.kernel().pause(Duration.ofMillis(1));
                }
            }));
            int enough = 1 + stand.random().nextInt(isSimulated() ? 20 : 200);
            stand.await(
                    enough + " connections", () -> server.endpoint().counters().accepted() >= enough);
            server.endpoint().close(Duration.ZERO);
            client.endpoint().close(Duration.ZERO);
            over.set();
            tasks.forEach(Stand.Task::await);
            assertEquals("", server.endpoint().leftOver());
            assertEquals("", client.endpoint().leftOver());
        });
    }

    /// Some connections are being accepted while the close goes over those that there are.
    @Test
    void connectionThatComesLateIsAbortedToo() {
        check(stand -> {
            TestEndpoint server = stand.serve(new Echo());
            InetSocketAddress address = server.endpoint().localAddress();
            Signal over = stand.kernel().host().newSignal();
            List<Stand.Task> tasks = new ArrayList<>();
            for (int i = 0; i < 4; i++) {
                tasks.add(stand.fork("silent-" + i, () -> {
                    try (Peer _ = stand.kernel().connect(address)) {
                        boolean _ = over.await(LONG.toNanos());
                    } catch (IOException _) {
                        // It came too late even for that.
                    }
                }));
            }
            server.endpoint().close(Duration.ZERO);
            assertEquals("", server.endpoint().leftOver());
            over.set();
            tasks.forEach(Stand.Task::await);
        });
    }

    @Test
    void connectionThatComesLateIsClosedToo() {
        check(stand -> {
            TestEndpoint server = stand.serve(new Echo());
            InetSocketAddress address = server.endpoint().localAddress();
            List<Stand.Task> tasks = new ArrayList<>();
            for (int i = 0; i < 4; i++) {
                tasks.add(stand.fork("polite-" + i, () -> {
                    try (Peer peer = stand.kernel().connect(address)) {
                        int _ = peer.read(new byte[1]);
                    } catch (IOException _) {
                        // It came too late even for that.
                    }
                }));
            }
            stand.expectWithin(
                    Duration.ofMillis(500), stand.time(() -> server.endpoint().close(LONG)));
            tasks.forEach(Stand.Task::await);
        });
    }

    @Test
    void closeEndsAsSoonAsEverybodyIsGone() {
        check(stand -> {
            TestEndpoint server = stand.serve(new Echo());
            Peer peer = server.connect();
            server.awaitConnection(0);
            Stand.Task closing = stand.fork("closing", () -> {
                Duration took = stand.time(() -> server.endpoint().close(LONG));
                stand.expectWithin(Duration.ofSeconds(1), took);
            });
            WireFrames.expectEnd(peer);
            peer.close();
            closing.await();
            server.expectEnds(1, Kind.ENDPOINT_CLOSED);
        });
    }

    @Test
    void shorterCloseHurriesOneThatIsUnderWay() {
        check(stand -> {
            TestEndpoint server = stand.serve(new Echo(), options -> options.closeTimeout(LONG));
            Peer peer = server.connect();
            server.awaitConnection(0);
            Stand.Task patient = stand.fork("patient", () -> server.endpoint().close(LONG));
            WireFrames.expectEnd(peer);
            Duration took = stand.time(() -> server.endpoint().close(Duration.ofMillis(300)));
            stand.expectWithin(Duration.ofMillis(300), took);
            patient.await();
            server.expectEnds(1, Kind.ENDPOINT_CLOSED);
            peer.close();
        });
    }

    @Test
    void longerCloseDoesNotSlowOneThatIsUnderWay() {
        check(stand -> {
            TestEndpoint server = stand.serve(new Echo());
            Peer peer = server.connect();
            server.awaitConnection(0);
            Stand.Task hasty = stand.fork("hasty", () -> {
                Duration took = stand.time(() -> server.endpoint().close(LIMIT));
                stand.expectWithin(LIMIT, took);
            });
            WireFrames.expectEnd(peer);
            Duration took = stand.time(() -> server.endpoint().close(LONG));
            stand.expectWithin(LIMIT, took);
            hasty.await();
            peer.close();
        });
    }

    /// The blocked connection is named, its peer is reset, and its memory stays until after the callback.
    @Test
    void callbackThatBlocksDoesNotHoldUpTheClose() {
        checkLong(stand -> {
            FaultyHost host = new FaultyHost(stand.kernel().host());
            Signal inside = stand.kernel().host().newSignal();
            Signal leave = stand.kernel().host().newSignal();
            AtomicBoolean left = new AtomicBoolean();
            TestEndpoint server = stand.startOn(
                    host,
                    loopbackServer(),
                    new Echo() {
                        @Override
                        public void frameReceived(Connection connection, Frame frame) {
                            inside.set();
                            boolean _ = leave.await(LONG.toNanos());
                            left.set(true);
                            super.frameReceived(connection, frame);
                        }
                    },
                    options -> options);
            Peer blocked = server.connect();
            Peer idle = server.connect();
            server.awaitConnection(1);
            blocked.write(WireFrames.encode(new byte[100]));
            assertTrue(inside.await(LONG.toNanos()));
            Duration took = stand.time(() -> server.endpoint().close(LIMIT));
            stand.expectWithin(LIMIT, took);
            String named = server.endpoint().leftOver();
            assertTrue(named.contains(blocked.localAddress().toString()), named);
            assertTrue(named.contains("connections that are not released"), named);
            assertTrue(named.contains("the port"), named);
            assertFalse(server.endpoint().counters().isQuiescent());
            assertTrue(host.arenasKept() > 0);
            stand.expectReset(blocked);
            assertFalse(left.get(), "the peer was left alone until the callback returned");
            leave.set();
            stand.await("the end of the threads", () -> host.threads() == 0);
            assertEquals(
                    List.of(Kind.ENDPOINT_CLOSED),
                    server.kinds().stream().distinct().toList());
            server.order().verify();
            Stand.closeQuietly(blocked);
            Stand.closeQuietly(idle);
            host.bury(stand);
        });
    }

    @Test
    void framesThatAreRetainedAreReportedAndStayReadable() {
        check(stand -> {
            AtomicReference<RetainedFrame> kept = new AtomicReference<>();
            TestEndpoint server = stand.serve(new EndpointHandler() {
                @Override
                public void frameReceived(Connection connection, Frame frame) {
                    kept.set(frame.retain());
                }
            });
            Peer peer = server.connect();
            byte[] payload = WireFrames.random(stand.random(), 200);
            peer.write(WireFrames.encode(payload));
            stand.await("the frame", () -> kept.get() != null);
            peer.close();
            server.endpoint().close(LIMIT);
            String left = server.endpoint().leftOver();
            assertTrue(left.contains("buffers that are out, those included that the program retains: 1"), left);
            assertFalse(left.contains("the port"), left);
            try (RetainedFrame frame = kept.get()) {
                assertArrayEquals(payload, frame.toByteArray());
            }
            server.verifyOver();
        });
    }

    @Test
    void limitMustNotBeNegative() {
        check(stand -> {
            TestEndpoint server = stand.serve(new Echo());
            assertThrows(IllegalArgumentException.class, () -> server.endpoint().close(Duration.ofNanos(-1)));
            assertThrows(NullPointerException.class, () -> server.endpoint().close(nothing()));
            try (Peer peer = server.connect()) {
                peer.write(WireFrames.encode(new byte[] {7}));
                WireFrames.expect(peer, new byte[] {7});
            }
            server.endpoint().close(Duration.ofSeconds(Long.MAX_VALUE));
        });
    }

    @Test
    void closeMayComeFromACallbackAndOtherThreadsAtOnce() {
        check(stand -> {
            AtomicReference<IocpEndpoint> itself = new AtomicReference<>();
            TestEndpoint server = stand.serve(new Echo() {
                @Override
                public void disconnected(Connection connection, CloseReason reason) {
                    itself.get().close(Duration.ZERO);
                    assertThrows(IllegalStateException.class, itself.get()::awaitClosed);
                }
            });
            itself.set(server.endpoint());
            Peer first = server.connect();
            Peer second = server.connect();
            server.awaitConnection(1);
            List<Stand.Task> tasks = new ArrayList<>();
            for (int i = 0; i < 3; i++) {
                Duration limit = Duration.ofSeconds(1 + i);
                tasks.add(stand.fork("closing-" + i, () -> {
                    stand.expectWithin(limit, stand.time(() -> server.endpoint().close(limit)));
                    server.verifyOver();
                }));
            }
            Stand.closeQuietly(first);
            tasks.forEach(Stand.Task::await);
            Stand.closeQuietly(second);
            server.endpoint().awaitClosed();
            server.endpoint().close(Duration.ZERO);
        });
    }

    static EndpointOptions.Builder loopbackServer() {
        return EndpointOptions.server(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0))
                .maxConnections(64)
                .pendingAccepts(2);
    }

    @SuppressWarnings({"DataFlowIssue", "NullAway"})
    private static Duration nothing() {
        return null;
    }

    /// Answers a frame with as much as the queue takes.
    private static final class Flood implements EndpointHandler {
        @Override
        public void frameReceived(Connection connection, Frame frame) {
            byte[] much = new byte[60_000];
            SendResult result = connection.send(much);
            while (result == SendResult.QUEUED || result == SendResult.ABOVE_MARK) {
                result = connection.send(much);
            }
        }
    }
}
