package io.github.iocp4j;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.iocp4j.testing.Peer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/// A handler that answers each frame with at most one is never refused, whatever others do.
abstract class AnswerContract extends EndpointContract {
    private static final int HEADER_BYTES = 4;

    AnswerContract(Kernels kernels) {
        super(kernels);
    }

    @Test
    void handlerThatAnswersEachFrameWithOneIsNeverRefused() {
        check(stand -> {
            int most = 700;
            boolean copies = stand.random().nextBoolean();
            boolean small = stand.random().nextBoolean();
            Echo echo = new Echo() {
                @Override
                public void frameReceived(Connection connection, Frame frame) {
                    note(copies ? connection.send(frame.toByteArray()) : connection.send(frame));
                }
            };
            int mark = stand.random().nextInt(20_000);
            TestEndpoint server = stand.serve(
                    echo,
                    options -> options.maxConnections(3)
                            .maxFrameBytes(most)
                            .sendHighMarkBytes(mark)
                            .sendLimitBytes(
                                    mark + Math.max(most, stand.variation().bufferBytes()) + HEADER_BYTES));
            List<Stand.Task> tasks = new ArrayList<>();
            for (int i = 0; i < 3; i++) {
                Random random = new Random(stand.random().nextLong());
                List<byte[]> payloads = payloads(random, small ? 1500 : 100, small ? 2 : most);
                tasks.add(stand.fork("peer-" + i, () -> talk(stand, server, payloads)));
            }
            tasks.forEach(Stand.Task::await);
            assertTrue(echo.refusals().isEmpty(), () -> echo.refusals().toString());
            server.expectEnds(3, CloseReason.Kind.PEER_CLOSED);
            assertEquals(0, server.endpoint().counters().sendsRefused());
        });
    }

    @Test
    void floodOfEmptyFramesIsAnsweredFrameByFrame() {
        checkLong(stand -> {
            Echo echo = new Echo();
            TestEndpoint server = stand.serve(echo, options -> options.maxConnections(1));
            int count = isSimulated() ? 8000 : 1_000_000;
            try (Peer peer = server.connect()) {
                Stand.Task writer = stand.fork("writer", () -> {
                    peer.write(new byte[HEADER_BYTES * count]);
                    peer.shutdownOutput();
                });
                pause(stand);
                byte[] replies = peer.readFully(HEADER_BYTES * count);
                for (byte each : replies) {
                    assertEquals(0, each);
                }
                WireFrames.expectEnd(peer);
                writer.await();
            }
            assertTrue(echo.refusals().isEmpty(), () -> echo.refusals().size() + " refused");
        });
    }

    @Test
    void answerIsTakenHoweverMuchOtherThreadsSend() {
        check(stand -> {
            int most = 600;
            int mark = 2000;
            int limit = mark + Math.max(most, stand.variation().bufferBytes()) + HEADER_BYTES;
            Echo echo = new Echo();
            TestEndpoint server = stand.serve(
                    echo,
                    options ->
                            options.maxFrameBytes(most).sendHighMarkBytes(mark).sendLimitBytes(limit));
            int count = 60;
            AtomicBoolean over = new AtomicBoolean();
            try (Peer peer = server.connect()) {
                Connection connection = server.awaitConnection(0);
                List<Stand.Task> tasks = new ArrayList<>();
                for (int i = 0; i < 2; i++) {
                    tasks.add(stand.fork("sender-" + i, () -> {
                        while (!over.get()) {
                            if (connection.send(new byte[most]) == SendResult.REFUSED_FULL) {
                                stand.kernel().pause(Duration.ofMillis(1));
                            }
                        }
                    }));
                }
                tasks.add(stand.fork("writer", () -> {
                    for (int i = 0; i < count; i++) {
                        peer.write(WireFrames.encode(new byte[] {(byte) i}));
                    }
                }));
                for (int answers = 0; answers < count; ) {
                    byte[] payload = WireFrames.read(peer);
                    if (payload.length == 1) {
                        assertEquals((byte) answers, payload[0]);
                        answers++;
                    }
                }
                over.set(true);
                tasks.forEach(Stand.Task::await);
                connection.abort();
            }
            server.awaitReleased(1);
            assertTrue(echo.refusals().isEmpty(), () -> echo.refusals().toString());
        });
    }

    @Test
    void smallFramesOfOneConnectionTakeNothingFromAnother() {
        checkLong(stand -> {
            Echo echo = new Echo();
            TestEndpoint server = stand.serve(echo, options -> options.maxConnections(2));
            int count = isSimulated() ? 4000 : 200_000;
            Peer flooding = server.connect();
            Stand.Task writer = stand.fork("writer", () -> flooding.write(new byte[HEADER_BYTES * count]));
            pause(stand);
            try (Peer healthy = server.connect()) {
                for (int i = 0; i < 20; i++) {
                    List<byte[]> payloads = payloads(stand.random(), 1 + i, 30);
                    healthy.write(WireFrames.encode(payloads));
                    WireFrames.expect(healthy, payloads);
                }
            }
            byte[] replies = flooding.readFully(HEADER_BYTES * count);
            for (byte each : replies) {
                assertEquals(0, each);
            }
            writer.await();
            flooding.close();
            server.awaitReleased(2);
            assertTrue(echo.refusals().isEmpty(), () -> echo.refusals().toString());
        });
    }

    @Test
    void answersThatAreCopiedWaitForTheBudget() {
        check(stand -> {
            int most = isSimulated() ? 3000 : 200_000;
            Echo echo = new Echo() {
                @Override
                public void frameReceived(Connection connection, Frame frame) {
                    note(connection.send(frame.toByteArray()));
                }
            };
            int mark = 4 * most;
            int budget = Math.max(most, stand.variation().bufferBytes()) + HEADER_BYTES;
            TestEndpoint server = stand.serve(
                    echo,
                    options -> options.maxConnections(4)
                            .maxFrameBytes(most)
                            .sendHighMarkBytes(mark)
                            .sendBudgetBytes(budget));
            List<Stand.Task> tasks = new ArrayList<>();
            for (int i = 0; i < 4; i++) {
                Random random = new Random(stand.random().nextLong());
                tasks.add(stand.fork("peer-" + i, () -> talk(stand, server, payloads(random, 25, most))));
            }
            tasks.forEach(Stand.Task::await);
            server.expectEnds(4, CloseReason.Kind.PEER_CLOSED);
            assertTrue(echo.refusals().isEmpty(), () -> echo.refusals().toString());
        });
    }

    @Test
    void writableComesAfterARefusalForWantOfBudget() {
        check(stand -> {
            int most = isSimulated() ? 30_000 : 24 << 20;
            AtomicInteger writables = new AtomicInteger();
            TestEndpoint server = stand.serve(
                    new EndpointHandler() {
                        @Override
                        public void writable(Connection connection) {
                            writables.getAndIncrement();
                        }
                    },
                    options -> options.maxFrameBytes(most)
                            .sendBudgetBytes(Math.max(most, stand.variation().bufferBytes()) + HEADER_BYTES));
            Peer silent = server.connect();
            Connection holding = server.awaitConnection(0);
            Peer other = server.connect();
            Connection wanting = server.awaitConnection(1);
            assertNotEquals(SendResult.REFUSED_FULL, holding.send(new byte[most]));
            byte[] payload = {1, 2, 3};
            int seen = writables.get();
            assertEquals(SendResult.REFUSED_FULL, wanting.send(payload));
            silent.reset();
            do {
                int before = seen;
                stand.await("writable", () -> writables.get() > before);
                seen = writables.get();
            } while (wanting.send(payload) == SendResult.REFUSED_FULL);
            WireFrames.expect(other, payload);
            other.close();
            server.awaitReleased(2);
        });
    }

    private void pause(Stand stand) {
        stand.kernel().pause(Duration.ofMillis(isSimulated() ? 100 : 500));
    }

    private static void talk(Stand stand, TestEndpoint server, List<byte[]> payloads) throws Exception {
        try (Peer peer = server.connect()) {
            Stand.Task writer = stand.fork("writer to " + peer.localAddress().getPort(), () -> {
                peer.write(WireFrames.encode(payloads));
                peer.shutdownOutput();
            });
            stand.kernel().pause(Duration.ofMillis(20));
            WireFrames.expect(peer, payloads);
            WireFrames.expectEnd(peer);
            writer.await();
        }
    }

    private static List<byte[]> payloads(Random random, int count, int most) {
        List<byte[]> payloads = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            payloads.add(WireFrames.random(random, random.nextInt(most + 1)));
        }
        return payloads;
    }
}
