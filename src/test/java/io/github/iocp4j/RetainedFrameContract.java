package io.github.iocp4j;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.iocp4j.CloseReason.Kind;
import io.github.iocp4j.testing.Peer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.Random;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/// Frames that a program retains beyond their callbacks: from any thread, as long as it likes.
abstract class RetainedFrameContract extends EndpointContract {
    /// The most frames that a reader has found retained at once.
    private int mostKept;

    RetainedFrameContract(Kernels kernels) {
        super(kernels);
    }

    /// Retains each frame.
    private static final class Keeper implements EndpointHandler {
        private final Queue<RetainedFrame> kept = new ConcurrentLinkedQueue<>();
        private final AtomicInteger received = new AtomicInteger();

        @Override
        public void frameReceived(Connection connection, Frame frame) {
            kept.add(frame.retain());
            received.getAndIncrement();
        }
    }

    @Test
    void framesAreReadByOtherThreadsAfterTheirConnectionHasEnded() {
        check(stand -> {
            Keeper keeper = new Keeper();
            TestEndpoint server = stand.serve(keeper, options -> options.maxConnections(2));
            List<byte[]> payloads = payloads(stand.random(), 30, 2000);
            write(stand, server, payloads);
            server.expectEnds(1, Kind.PEER_CLOSED);
            // Another connection uses the memory of the first.
            List<byte[]> others = payloads(stand.random(), 30, 2000);
            write(stand, server, others);
            server.expectEnds(2, Kind.PEER_CLOSED);
            payloads.addAll(others);
            List<RetainedFrame> frames = List.copyOf(keeper.kept);
            List<Stand.Task> readers = new ArrayList<>();
            for (int i = 0; i < 2; i++) {
                readers.add(stand.fork("reader-" + i, () -> expect(payloads, frames)));
            }
            readers.forEach(Stand.Task::await);
            assertTrue(server.endpoint().counters().memory().buffersOut() > 0);
            stand.fork("closer", () -> frames.forEach(RetainedFrame::close)).await();
            assertEquals(0, server.endpoint().counters().memory().buffersOut());
            assertThrows(IllegalStateException.class, frames.getFirst()::length);
        });
    }

    @Test
    void framesOutliveTheirEndpointWhichNamesThem() {
        check(stand -> {
            Keeper keeper = new Keeper();
            TestEndpoint server = stand.serve(keeper);
            List<byte[]> payloads = payloads(stand.random(), 20, 1500);
            write(stand, server, payloads);
            server.expectEnds(1, Kind.PEER_CLOSED);
            server.endpoint().close();
            EndpointCounters counters = server.endpoint().counters();
            assertFalse(counters.isQuiescent());
            assertTrue(counters.memory().buffersOut() > 0);
            assertTrue(
                    server.endpoint().leftOver().contains("" + counters.memory().buffersOut()),
                    server.endpoint()::leftOver);
            List<RetainedFrame> frames = List.copyOf(keeper.kept);
            expect(payloads, frames);
            try (RetainedFrame again = frames.getFirst().retain()) {
                frames.getFirst().close();
                assertArrayEquals(payloads.getFirst(), again.toByteArray());
            }
            frames.forEach(RetainedFrame::close);
            assertTrue(server.endpoint().counters().isQuiescent());
        });
    }

    @Test
    void framesAreSentToOtherConnectionsByOtherThreads() {
        check(stand -> {
            Keeper keeper = new Keeper();
            TestEndpoint server = stand.serve(keeper);
            List<byte[]> payloads = payloads(stand.random(), 25, 1500);
            try (Peer listener = server.connect()) {
                Connection target = server.awaitConnection(0);
                Stand.Task sender = stand.fork("sender", () -> {
                    for (int sent = 0; sent < payloads.size(); sent++) {
                        stand.await("a frame to send", () -> !keeper.kept.isEmpty());
                        RetainedFrame frame = keeper.kept.remove();
                        while (target.send(frame) == SendResult.REFUSED_FULL) {
                            stand.kernel().pause(Duration.ofMillis(1));
                        }
                        frame.close();
                        assertThrows(IllegalStateException.class, () -> target.send(frame));
                    }
                });
                write(stand, server, payloads);
                WireFrames.expect(listener, payloads);
                sender.await();
            }
            server.expectEnds(2, Kind.PEER_CLOSED);
            assertEquals(0, server.endpoint().counters().memory().buffersOut());
        });
    }

    /// Who retains all that comes stops his peers, who have to wait, and nothing else.
    @Test
    void tooManyRetainedFramesPauseReading() {
        checkLong(stand -> {
            Keeper keeper = new Keeper();
            int most = 600;
            TestEndpoint server = stand.serve(
                    keeper,
                    options -> options.maxConnections(1)
                            .maxFrameBytes(most)
                            .sendHighMarkBytes(0)
                            .sendBudgetBytes(8 << 10)
                            .assemblyBudgetBytes(8 << 10));
            int count = (int) (2 * server.options().bufferLimitBytes() / most);
            List<byte[]> payloads = new ArrayList<>();
            for (int i = 0; i < count; i++) {
                payloads.add(WireFrames.random(stand.random(), most - i % 2 * 10));
            }
            Stand.Task reader = stand.fork("reader", () -> {
                for (int done = 0; done < count; ) {
                    int before;
                    do {
                        before = keeper.received.get();
                        stand.kernel().pause(Duration.ofMillis(30));
                    } while (before != keeper.received.get());
                    done += closeAll(keeper, payloads, done);
                }
            });
            write(stand, server, payloads);
            reader.await();
            server.expectEnds(1, Kind.PEER_CLOSED);
            assertEquals(count, keeper.received.get());
            assertTrue(mostKept > 0 && mostKept < count, () -> mostKept + " of " + count + " were retained at once");
        });
    }

    private int closeAll(Keeper keeper, List<byte[]> payloads, int from) {
        int done = 0;
        for (RetainedFrame each = keeper.kept.poll(); each != null; each = keeper.kept.poll()) {
            assertArrayEquals(payloads.get(from + done), each.toByteArray(), "frame " + (from + done));
            each.close();
            done++;
        }
        mostKept = Math.max(mostKept, done);
        return done;
    }

    private static void expect(List<byte[]> payloads, List<RetainedFrame> frames) {
        assertEquals(payloads.size(), frames.size());
        for (int i = 0; i < frames.size(); i++) {
            assertArrayEquals(payloads.get(i), frames.get(i).toByteArray(), "frame " + i);
        }
    }

    private static void write(Stand stand, TestEndpoint server, List<byte[]> payloads) throws Exception {
        try (Peer peer = server.connect()) {
            WireFrames.writeInPieces(peer, WireFrames.encode(payloads), stand.random(), 3000);
            peer.shutdownOutput();
            WireFrames.expectEnd(peer);
        }
    }

    /// Payloads of all lengths, most of them short.
    private static List<byte[]> payloads(Random random, int count, int most) {
        List<byte[]> payloads = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            payloads.add(WireFrames.random(random, random.nextInt(random.nextInt(3) == 0 ? most + 1 : 100)));
        }
        return payloads;
    }
}
