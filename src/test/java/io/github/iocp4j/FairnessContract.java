package io.github.iocp4j;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.iocp4j.internal.host.Signal;
import io.github.iocp4j.port.IoWorker;
import io.github.iocp4j.testing.CountingHost;
import io.github.iocp4j.testing.Peer;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/// That no connection has the workers for itself, however much it gets, and however slow its handler is.
abstract class FairnessContract extends EndpointContract {
    private static final byte[] ONE = {1};
    private static final Duration LONG = Duration.ofMinutes(2);

    FairnessContract(Kernels kernels) {
        super(kernels);
    }

    /// Whoever asks for something joins the packet that is posted already.
    @Test
    void postedDispatchHasOnePacketOfAConnectionUnderWayAtMost() {
        check(stand -> {
            CountingHost host = new CountingHost(stand.kernel().host());
            TestEndpoint server = stand.startOn(
                    host,
                    CloseLimitContract.loopbackServer(),
                    new Echo(),
                    options ->
                            options.dispatch(Dispatch.POSTED).pendingAccepts(1).sendHighMarkBytes(1 << 20));
            List<Peer> peers = new ArrayList<>();
            List<Stand.Task> senders = new ArrayList<>();
            int connections = 1 + stand.random().nextInt(3);
            int sends = isSimulated() ? 10 : 500;
            for (int i = 0; i < connections; i++) {
                peers.add(server.connect());
            }
            for (Connection connection : List.copyOf(connections(server, connections))) {
                for (int thread = 0; thread < 2; thread++) {
                    senders.add(stand.fork("sender", () -> {
                        for (int i = 0; i < sends; i++) {
                            connection.send(ONE);
                        }
                    }));
                }
            }
            for (Peer peer : peers) {
                peer.write(WireFrames.encode(ONE, ONE, ONE));
                WireFrames.expect(peer, Collections.nCopies(2 * sends + 3, ONE));
                peer.close();
            }
            senders.forEach(Stand.Task::await);
            server.awaitReleased(connections);
            server.endpoint().close();
            server.verifyOver();
            long most = host.counts().mostPosts();
            // The accept is begun by a packet of its own.
            assertTrue(most > 0 && most <= connections + 1, () -> most + " packets of " + connections + " connections");
        });
    }

    @Test
    void packetBringsNoMoreInlineCompletionsThanTheLimit() {
        check(stand -> {
            CountingHost host = new CountingHost(stand.kernel().host());
            TestEndpoint server = stand.startOn(
                    host,
                    CloseLimitContract.loopbackServer(),
                    new Echo(),
                    options -> options.batch(1).bufferBytes(256));
            byte[] stream = WireFrames.encode(frames(isSimulated() ? 300 : 20_000, 40));
            try (Peer peer = server.connect()) {
                Stand.Task writer = stand.fork("writer", () -> peer.write(stream));
                peer.readFully(stream.length);
                writer.await();
            }
            server.awaitReleased(1);
            server.endpoint().close();
            server.verifyOver();
            long most = host.counts().mostInlineOfOneDequeue();
            assertTrue(most > 0 && most <= IoWorker.INLINE_LIMIT, () -> most + " inline completions of one packet");
        });
    }

    /// What fills its buffers is a flood: each such read counts twice.
    @Test
    void packetBringsNoMoreThanTwoReadsThatFillTheirBuffers() {
        check(stand -> {
            CountingHost host = new CountingHost(stand.kernel().host());
            EndpointHandler sink = new EndpointHandler() {
                @Override
                public void connected(Connection connection) {
                    connection.pauseReading();
                }

                @Override
                public void frameReceived(Connection connection, Frame frame) {}
            };
            TestEndpoint server = stand.startOn(
                    host,
                    CloseLimitContract.loopbackServer(),
                    sink,
                    options -> options.readMode(ReadMode.ZERO_BYTE).batch(1).bufferBytes(256));
            try (Peer peer = server.connect()) {
                Connection connection = server.awaitConnection(0);
                Stand.Task writer = stand.fork("writer", () -> peer.write(WireFrames.encode(frames(300, 252))));
                // Much of it arrives.
                stand.kernel().pause(Duration.ofMillis(50));
                connection.resumeReading();
                writer.await();
            }
            server.awaitReleased(1);
            assertEquals(300, server.endpoint().counters().framesReceived());
            server.endpoint().close();
            server.verifyOver();
            long most = host.counts().mostFullReadsOfOneDequeue();
            // A simulated socket may hold less than a buffer.
            assertTrue(
                    (most > 0 || isSimulated()) && most <= 2, () -> most + " reads of one packet filled their buffers");
        });
    }

    /// A buffer that holds hundreds of small frames does not keep the only worker from the others.
    @Test
    void smallFramesOfOneConnectionLetAnotherHaveItsTurn() {
        check(stand -> {
            Crowd crowd = new Crowd(stand);
            TestEndpoint server = stand.serve(
                    crowd,
                    options -> options.ioWorkers(1)
                            .pendingReads(1)
                            .bufferBytes(16 << 10)
                            .sendHighMarkBytes(1 << 20));
            try (Peer many = server.connect();
                    Peer single = server.connect()) {
                single.write(WireFrames.encode(new byte[3]));
                WireFrames.expect(single, new byte[3]);
                // Its next read is under way.
                stand.kernel().pause(Duration.ofMillis(50));
                crowd.single = single;
                byte[] stream = WireFrames.encode(frames(1200, 1));
                many.write(stream);
                many.readFully(stream.length);
                WireFrames.expect(single, new byte[] {7, 7});
            }
            server.awaitReleased(2);
            assertEquals(1200, crowd.ofMany.get());
            int before = crowd.beforeSingle.get();
            // Those of the turn that ran, and of the packets that stood before: of a read, two sends, a wake-up.
            assertTrue(before >= 1 && before <= 5 * 64, () -> before + " frames came first");
        });
    }

    @Test
    void blockedHandlerHoldsUpNobodyButItsConnection() {
        checkLong(stand -> {
            Signal leave = stand.kernel().host().newSignal();
            Signal inside = stand.kernel().host().newSignal();
            Echo blocking = new Echo() {
                @Override
                public void frameReceived(Connection connection, Frame frame) {
                    if (frame.length() == 0) {
                        inside.set();
                        boolean _ = leave.await(LONG.toNanos());
                    }
                    super.frameReceived(connection, frame);
                }
            };
            TestEndpoint server = stand.serve(
                    blocking, options -> options.ioWorkers(2).batch(1).maxConnections(32));
            List<Peer> peers = new ArrayList<>();
            for (int i = 0; i < 20; i++) {
                peers.add(server.connect());
            }
            Peer blocked = server.connect();
            blocked.write(WireFrames.encode(new byte[0], ONE));
            assertTrue(inside.await(LONG.toNanos()), "the handler blocks");
            long until = stand.nanoTime() + Duration.ofSeconds(1).toNanos();
            do {
                for (Peer peer : peers) {
                    peer.write(WireFrames.encode(ONE));
                }
                for (Peer peer : peers) {
                    WireFrames.expect(peer, ONE);
                }
                stand.kernel().pause(Duration.ofMillis(isSimulated() ? 100 : 5));
            } while (stand.nanoTime() - until < 0);
            long echoed = server.endpoint().counters().framesReceived();
            leave.set();
            WireFrames.expect(blocked, new byte[0], ONE);
            assertTrue(echoed >= 5 * 20, () -> "only " + echoed + " frames beside a blocked handler");
            blocked.close();
            for (Peer peer : peers) {
                peer.close();
            }
            server.awaitReleased(21);
        });
    }

    private static List<Connection> connections(TestEndpoint server, int count) {
        server.awaitConnection(count - 1);
        return server.order().connections();
    }

    private static List<byte[]> frames(int count, int length) {
        byte[] payload = new byte[length];
        Arrays.fill(payload, (byte) 5);
        return Collections.nCopies(count, payload);
    }

    /// When the first of many frames is handled, lets a frame of another connection arrive.
    private static final class Crowd extends Echo {
        private final Stand stand;
        private final AtomicInteger ofMany = new AtomicInteger();
        private final AtomicInteger beforeSingle = new AtomicInteger();
        private volatile @Nullable Peer single;

        private Crowd(Stand stand) {
            this.stand = stand;
        }

        @Override
        public void frameReceived(Connection connection, Frame frame) {
            if (frame.length() == 2) {
                beforeSingle.set(ofMany.get());
            } else if (frame.length() == 1 && ofMany.incrementAndGet() == 1) {
                arrive();
            }
            super.frameReceived(connection, frame);
        }

        private void arrive() {
            Peer peer = single;
            if (peer == null) {
                throw new AssertionError("the peer is connected");
            }
            try {
                peer.write(WireFrames.encode(new byte[] {7, 7}));
            } catch (IOException e) {
                throw new AssertionError(e);
            }
            stand.kernel().pause(Duration.ofMillis(stand.isSimulated() ? 50 : 200));
        }
    }
}
