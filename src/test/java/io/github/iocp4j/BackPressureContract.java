package io.github.iocp4j;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.iocp4j.testing.Peer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.EnumSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/// A peer that is slower than this side.
abstract class BackPressureContract extends EndpointContract {
    private static final int HEADER_BYTES = 4;
    private static final int SMALLEST_BUFFER_BYTES = 256;

    BackPressureContract(Kernels kernels) {
        super(kernels);
    }

    @Test
    void peerThatNeverReadsCannotGrowMemoryAndGetsEveryByteOnceItDoes() {
        check(stand -> {
            Bounded echo = new Bounded();
            int mark = 4000;
            int most = isSimulated() ? 1500 : 20_000;
            TestEndpoint server = stand.serve(
                    echo,
                    options -> options.maxConnections(1).maxFrameBytes(most).sendHighMarkBytes(mark));
            echo.server = server;
            int capacity = Math.max(most, server.options().bufferBytes());
            // What the queue may hold, small frames in copies of 256 bytes, what is read ahead, the frame in the
            // making and the one that is handled.
            int bound = (mark + capacity + HEADER_BYTES) / SMALLEST_BUFFER_BYTES
                    + stand.variation().pendingReads()
                    + 4;
            Random random = new Random(stand.random().nextLong());
            List<byte[]> payloads = payloads(random, isSimulated() ? 120 : 400, most);
            try (Peer peer = server.connect()) {
                Stand.Task writer = stand.fork("writer", () -> {
                    peer.write(WireFrames.encode(payloads));
                    peer.shutdownOutput();
                });
                stand.kernel().pause(Duration.ofMillis(isSimulated() ? 100 : 300));
                WireFrames.expect(peer, payloads);
                WireFrames.expectEnd(peer);
                writer.await();
            }
            server.expectEnds(1, CloseReason.Kind.PEER_CLOSED);
            assertTrue(echo.refusals().isEmpty(), () -> echo.refusals().toString());
            assertTrue(echo.most.get() <= bound, () -> echo.most + " buffers out, expected at most " + bound);
        });
    }

    @Test
    void readingPausesAboveTheMarkAlsoBetweenTwoFramesOfOneBuffer() {
        check(stand -> {
            byte[] reply = new byte[isSimulated() ? 40_000 : 24 << 20];
            AtomicInteger frames = new AtomicInteger();
            TestEndpoint server = stand.serve(
                    new EndpointHandler() {
                        @Override
                        public void frameReceived(Connection connection, Frame frame) {
                            frames.getAndIncrement();
                            assertEquals(SendResult.ABOVE_MARK, connection.send(reply));
                        }
                    },
                    options -> options.maxFrameBytes(reply.length).sendHighMarkBytes(0));
            try (Peer peer = server.connect()) {
                peer.write(WireFrames.encode(new byte[1], new byte[2], new byte[3], new byte[4]));
                stand.await("the first frame", () -> frames.get() > 0);
                stand.kernel().pause(Duration.ofMillis(isSimulated() ? 200 : 100));
                for (int i = 1; i <= 4; i++) {
                    assertEquals(i, frames.get(), "frames delivered with nothing of their replies read");
                    WireFrames.expect(peer, reply);
                    int due = Math.min(4, i + 1);
                    stand.await("the next frame", () -> frames.get() >= due);
                }
            }
            server.awaitReleased(1);
        });
    }

    @Test
    void sendTellsOfTheMarkAndTheLimitAndWritableComesWhenItFell() {
        check(stand -> {
            int payloadBytes = isSimulated() ? 500 : 50_000;
            Writable handler = new Writable(payloadBytes);
            TestEndpoint server = stand.serve(
                    handler,
                    options -> options.maxFrameBytes(payloadBytes)
                            .sendHighMarkBytes(4 * payloadBytes)
                            .sendLimitBytes(40L * payloadBytes));
            Peer peer = server.connect();
            peer.write(WireFrames.encode(new byte[1]));
            Connection connection = server.awaitConnection(0);
            stand.await("the first frame", () -> handler.ready);
            Set<SendResult> seen = EnumSet.noneOf(SendResult.class);
            while (!seen.contains(SendResult.REFUSED_FULL)) {
                seen.add(handler.send(connection));
            }
            assertEquals(EnumSet.of(SendResult.QUEUED, SendResult.ABOVE_MARK, SendResult.REFUSED_FULL), seen);
            assertEquals(1, server.endpoint().counters().sendsRefused());
            int before = handler.taken.get();
            int writables = handler.writables.get();
            for (int i = 0; i < before; i++) {
                assertEquals(payloadBytes, WireFrames.read(peer).length);
            }
            stand.await("writable", () -> handler.writables.get() > writables);
            int fromWritable = handler.taken.get() - before;
            for (int i = 0; i < fromWritable; i++) {
                assertEquals(payloadBytes, WireFrames.read(peer).length);
            }
            connection.close();
            assertEquals(SendResult.CLOSED, connection.send(new byte[payloadBytes]));
            WireFrames.expectEnd(peer);
            peer.close();
            server.awaitReleased(1);
            assertEquals(Collections.emptyList(), handler.problems);
        });
    }

    private static List<byte[]> payloads(Random random, int count, int most) {
        List<byte[]> payloads = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            payloads.add(WireFrames.random(random, random.nextInt(most + 1)));
        }
        return payloads;
    }

    /// Looks how many buffers there are outside the pools, whenever there may be one more.
    private static final class Bounded extends Echo {
        private final AtomicInteger most = new AtomicInteger();
        private volatile TestEndpoint server;

        @Override
        public void frameReceived(Connection connection, Frame frame) {
            super.frameReceived(connection, frame);
            TestEndpoint looked = server;
            if (looked != null) {
                most.accumulateAndGet(looked.endpoint().counters().memory().buffersOut(), Math::max);
            }
        }
    }

    /// Sends, and knows whether a `writable` is due.
    private static final class Writable implements EndpointHandler {
        private final byte[] payload;
        private final List<String> problems = Collections.synchronizedList(new ArrayList<>());
        private final AtomicInteger writables = new AtomicInteger();
        private final AtomicInteger taken = new AtomicInteger();
        private volatile boolean ready;
        private volatile boolean sending;
        private volatile boolean due;

        private Writable(int payloadBytes) {
            payload = new byte[payloadBytes];
        }

        SendResult send(Connection connection) {
            sending = true;
            SendResult result = connection.send(payload);
            if (result == SendResult.ABOVE_MARK || result == SendResult.REFUSED_FULL) {
                due = true;
            }
            sending = false;
            if (result == SendResult.QUEUED || result == SendResult.ABOVE_MARK) {
                taken.getAndIncrement();
            }
            return result;
        }

        @Override
        public void frameReceived(Connection connection, Frame frame) {
            ready = true;
        }

        @Override
        public void writable(Connection connection) {
            if (!due && !sending) {
                problems.add("writable, but nothing was above the mark");
            }
            if (!sending) {
                due = false;
            }
            writables.getAndIncrement();
        }
    }
}
