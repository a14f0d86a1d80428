package io.github.iocp4j;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.iocp4j.CloseReason.Kind;
import io.github.iocp4j.memory.IoBuffer;
import io.github.iocp4j.testing.Peer;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/// One frame for all connections.
abstract class BroadcastContract extends EndpointContract {
    private static final byte[] HELLO = {5, 6, 7, 8};

    BroadcastContract(Kernels kernels) {
        super(kernels);
    }

    @Test
    void reachesEveryConnectionOnce() {
        check(stand -> {
            TestEndpoint server = stand.serve(new Joining());
            List<Peer> peers = connected(server, 5);
            IoBuffer buffer = buffer(server, HELLO);
            assertEquals(new Broadcast(5, 0, 0), server.endpoint().broadcast(buffer));
            buffer.release();
            for (Peer peer : peers) {
                peer.write(WireFrames.encode(new byte[] {1}));
                WireFrames.expect(peer, HELLO, new byte[] {1});
                peer.close();
            }
            server.expectEnds(5, Kind.PEER_CLOSED);
        });
    }

    /// However many connections there are: one buffer, whose last user gives it back.
    @Test
    void sharesThePayload() {
        check(stand -> {
            int length = 20_000;
            TestEndpoint server = stand.serve(new Joining(), options -> options.maxFrameBytes(length));
            List<Peer> peers = connected(server, 4);
            long before = server.endpoint().bufferBytes();
            byte[] payload = WireFrames.random(stand.random(), length);
            IoBuffer buffer = buffer(server, payload);
            assertEquals(4, server.endpoint().broadcast(buffer).taken());
            buffer.release();
            for (Peer peer : peers) {
                WireFrames.expect(peer, payload);
            }
            long more = server.endpoint().bufferBytes() - before;
            assertTrue(more < 3L * length, () -> more + " bytes more, for 4 connections");
            for (Peer peer : peers) {
                peer.close();
            }
            server.awaitReleased(4);
        });
    }

    @Test
    void frameIsPassedOnToAllInItsCallback() {
        check(stand -> {
            TestEndpoint[] server = new TestEndpoint[1];
            AtomicInteger taken = new AtomicInteger();
            server[0] = stand.serve(new Joining() {
                @Override
                public void frameReceived(Connection connection, Frame frame) {
                    taken.addAndGet(server[0].endpoint().broadcast(frame).taken());
                }
            });
            List<Peer> peers = connected(server[0], 3);
            peers.getFirst().write(WireFrames.encode(HELLO));
            for (Peer peer : peers) {
                WireFrames.expect(peer, HELLO);
            }
            stand.await("the answer of the broadcast", () -> taken.get() == 3);
            for (Peer peer : peers) {
                peer.close();
            }
            server[0].expectEnds(3, Kind.PEER_CLOSED);
        });
    }

    @Test
    void slowPeerIsSkippedAndTheOthersGetEveryFrame() {
        check(stand -> {
            Flood flood = new Flood(stand, SlowPeers.SKIP);
            Broadcast last = flood.untilRefused();
            assertEquals(new Broadcast(1, 1, 0), last);
            flood.readByTheQuick();
            assertTrue(flood.server.endpoint().find(flood.slowId()) != null, "the slow one is still open");
            flood.end();
        });
    }

    @Test
    void slowPeerIsCutAndTheOthersGetEveryFrame() {
        check(stand -> {
            Flood flood = new Flood(stand, SlowPeers.CUT);
            Broadcast last = flood.untilRefused();
            assertEquals(new Broadcast(1, 0, 1), last);
            flood.readByTheQuick();
            flood.server.awaitReleased(1);
            assertEquals(List.of(Kind.TOO_SLOW), flood.server.kinds());
            flood.end();
        });
    }

    @Test
    void policyOfACallCountsMoreThanTheOption() {
        check(stand -> {
            Flood flood = new Flood(stand, SlowPeers.CUT);
            flood.policy = SlowPeers.SKIP;
            assertEquals(new Broadcast(1, 1, 0), flood.untilRefused());
            flood.readByTheQuick();
            flood.end();
        });
    }

    /// Contexts are used again all the time: each peer sees the numbers grow by one, from some number on.
    @Test
    void noneGetsAFrameTwiceOrOneOfAnEarlierConnectionWhilePeersComeAndGo() {
        checkLong(stand -> {
            TestEndpoint server = stand.serve(new Echo(), options -> options.maxConnections(4));
            AtomicInteger busy = new AtomicInteger(3);
            for (int i = 0; i < 3; i++) {
                stand.fork("peer " + i, () -> {
                    for (int round = 0; round < 12; round++) {
                        comeAndGo(server);
                    }
                    busy.getAndDecrement();
                });
            }
            Stand.Task sender = stand.fork("sender", () -> {
                for (int number = 0; busy.get() > 0; number++) {
                    IoBuffer buffer = Objects.requireNonNull(server.endpoint().takeBuffer(4));
                    server.endpoint().broadcast(buffer.appendInt(number));
                    buffer.release();
                    stand.kernel().pause(java.time.Duration.ofNanos(50_000));
                }
            });
            sender.await();
        });
    }

    @Test
    void releasedOrTooLongBufferIsRefused() {
        check(stand -> {
            TestEndpoint server = stand.serve(new Echo(), options -> options.maxFrameBytes(100));
            IoBuffer buffer = Objects.requireNonNull(server.endpoint().takeBuffer(200));
            buffer.use(101);
            assertThrows(IllegalArgumentException.class, () -> server.endpoint().broadcast(buffer));
            buffer.release();
            assertThrows(IllegalStateException.class, () -> server.endpoint().broadcast(buffer));
        });
    }

    @Test
    void findsNobodyOnAnEndpointWithoutConnections() {
        check(stand -> {
            TestEndpoint server = stand.serve(new Echo());
            IoBuffer buffer = buffer(server, HELLO);
            assertEquals(new Broadcast(0, 0, 0), server.endpoint().broadcast(buffer));
            buffer.release();
        });
    }

    private static void comeAndGo(TestEndpoint server) throws IOException {
        Peer peer = server.connect();
        int last = -1;
        for (int i = 0; i < 3; i++) {
            int number;
            try {
                number = Integer.reverseBytes(
                        java.nio.ByteBuffer.wrap(WireFrames.read(peer)).getInt());
            } catch (IOException _) {
                // One more than allowed: refused.
                break;
            }
            if (last >= 0) {
                assertEquals(last + 1, number, "the number of the next broadcast");
            }
            last = number;
        }
        Stand.closeQuietly(peer);
    }

    private static List<Peer> connected(TestEndpoint server, int count) throws IOException {
        List<Peer> peers = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            peers.add(server.connect());
        }
        awaitJoined(server, count);
        return peers;
    }

    /// From its call of `connected` on a connection takes part.
    private static void awaitJoined(TestEndpoint server, int count) {
        server.stand().await(count + " are connected", () -> joined(server) == count);
    }

    private static long joined(TestEndpoint server) {
        return server.order().connections().stream()
                .filter(each -> each.attachment() != null)
                .count();
    }

    private static class Joining extends Echo {
        @Override
        public void connected(Connection connection) {
            connection.attach("joined");
        }
    }

    private static IoBuffer buffer(TestEndpoint server, byte[] payload) {
        return Objects.requireNonNull(server.endpoint().takeBuffer(payload.length))
                .appendBytes(payload);
    }

    /// Two peers, one of which never reads, and broadcasts until there is no more room for it.
    private final class Flood {
        private static final int MOST = 100_000;

        private final TestEndpoint server;
        private final Peer slow;
        private final Peer quick;
        private final byte[] payload = new byte[isSimulated() ? 4000 : 60_000];
        private SlowPeers policy;
        private int sent;
        private final AtomicInteger read = new AtomicInteger();

        Flood(Stand stand, SlowPeers policy) throws IOException {
            this.policy = policy;
            server = stand.serve(
                    new Joining(),
                    options -> options.maxFrameBytes(payload.length)
                            .sendHighMarkBytes(2 * payload.length)
                            .slowPeers(policy));
            slow = stand.kernel().connectWithSmallBuffer(server.endpoint().localAddress());
            server.awaitConnection(0);
            quick = server.connect();
            awaitJoined(server, 2);
        }

        long slowId() {
            return server.order().connections().getFirst().id();
        }

        /// The quick one reads each before the next is sent, so that only the slow one can be refused.
        Broadcast untilRefused() throws IOException {
            Broadcast last = new Broadcast(0, 0, 0);
            while (last.skipped() + last.cut() == 0 && sent < MOST) {
                IoBuffer buffer = buffer(server, payload);
                last = policy == server.options().slowPeers()
                        ? server.endpoint().broadcast(buffer)
                        : server.endpoint().broadcast(buffer, policy);
                buffer.release();
                sent++;
                WireFrames.expect(quick, payload);
                read.getAndIncrement();
            }
            return last;
        }

        void readByTheQuick() throws IOException {
            IoBuffer buffer = buffer(server, HELLO);
            server.endpoint().broadcast(buffer, SlowPeers.SKIP);
            buffer.release();
            WireFrames.expect(quick, HELLO);
            assertEquals(sent, read.get());
        }

        void end() throws IOException {
            quick.close();
            slow.reset();
            server.awaitReleased(2);
        }
    }
}
