package io.github.iocp4j;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.iocp4j.testing.Peer;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicIntegerArray;
import org.junit.jupiter.api.Test;

/// Several threads that send on one connection.
abstract class ConcurrentSendsContract extends EndpointContract {
    private static final int THREADS = 3;
    private static final int MOST_BYTES = 900;

    ConcurrentSendsContract(Kernels kernels) {
        super(kernels);
    }

    @Test
    void framesNeverMixAndThoseOfOneThreadKeepTheirOrder() {
        check(stand -> {
            int count = isSimulated() ? 40 : 400;
            Waiting handler = new Waiting();
            TestEndpoint server = stand.serve(
                    handler,
                    options -> options.maxFrameBytes(MOST_BYTES)
                            .sendHighMarkBytes(4000)
                            .sendLimitBytes(12_000));
            Peer peer = server.connect();
            Connection connection = server.awaitConnection(0);
            List<Stand.Task> tasks = new ArrayList<>();
            for (int thread = 0; thread < THREADS; thread++) {
                int number = thread;
                Random random = new Random(stand.random().nextLong());
                tasks.add(stand.fork("sender-" + thread, () -> {
                    for (int i = 0; i < count; i++) {
                        byte[] payload = payload(number, i, random);
                        while (true) {
                            int seen = handler.writables.get();
                            if (connection.send(payload) != SendResult.REFUSED_FULL) {
                                break;
                            }
                            stand.await("writable", () -> handler.writables.get() != seen);
                        }
                    }
                }));
            }
            int[] next = new int[THREADS];
            for (int i = 0; i < THREADS * count; i++) {
                expectNext(WireFrames.read(peer), next);
            }
            tasks.forEach(Stand.Task::await);
            int[] expected = new int[THREADS];
            Arrays.fill(expected, count);
            assertEquals(Arrays.toString(expected), Arrays.toString(next));
            connection.close();
            WireFrames.expectEnd(peer);
            peer.close();
            server.expectEnds(1, CloseReason.Kind.CLOSED);
        });
    }

    @Test
    void closeSendsExactlyWhatWasTakenBefore() {
        check(stand -> {
            AtomicIntegerArray taken = new AtomicIntegerArray(THREADS);
            TestEndpoint server = stand.serve(new EndpointHandler() {}, options -> options.maxFrameBytes(MOST_BYTES));
            Peer peer = server.connect();
            List<Stand.Task> tasks = send(stand, server.awaitConnection(0), taken);
            int before = stand.random().nextInt(30);
            stand.await(before + " frames", () -> server.endpoint().counters().framesSent() >= before);
            server.awaitConnection(0).close();
            int[] next = readToTheEnd(peer);
            tasks.forEach(Stand.Task::await);
            assertEquals(taken.toString(), Arrays.toString(next));
            peer.close();
            server.expectEnds(1, CloseReason.Kind.CLOSED);
        });
    }

    @Test
    void sendsEndWithTheConnection() {
        check(stand -> {
            AtomicIntegerArray taken = new AtomicIntegerArray(THREADS);
            TestEndpoint server = stand.serve(new EndpointHandler() {}, options -> options.maxFrameBytes(MOST_BYTES));
            Peer peer = server.connect();
            Connection connection = server.awaitConnection(0);
            List<Stand.Task> tasks = send(stand, connection, taken);
            int before = stand.random().nextInt(30);
            stand.await(before + " frames", () -> server.endpoint().counters().framesSent() >= before);
            switch (stand.random().nextInt(4)) {
                case 0 -> peer.reset();
                case 1 -> connection.abort();
                case 2 -> server.endpoint().close();
                default -> {
                    peer.shutdownOutput();
                    int[] next = readToTheEnd(peer);
                    tasks.forEach(Stand.Task::await);
                    assertEquals(taken.toString(), Arrays.toString(next));
                }
            }
            tasks.forEach(Stand.Task::await);
            Stand.closeQuietly(peer);
            server.awaitReleased(1);
            assertEquals(SendResult.CLOSED, connection.send(new byte[1]));
        });
    }

    /// Threads that send until the connection is closed, and count what was taken.
    private static List<Stand.Task> send(Stand stand, Connection connection, AtomicIntegerArray taken) {
        List<Stand.Task> tasks = new ArrayList<>();
        for (int thread = 0; thread < THREADS; thread++) {
            int number = thread;
            Random random = new Random(stand.random().nextLong());
            tasks.add(stand.fork("sender-" + thread, () -> {
                while (true) {
                    SendResult result = connection.send(payload(number, taken.get(number), random));
                    switch (result) {
                        case CLOSED -> {
                            return;
                        }
                        case REFUSED_FULL -> stand.kernel().pause(java.time.Duration.ofMillis(1));
                        default -> taken.getAndIncrement(number);
                    }
                }
            }));
        }
        return tasks;
    }

    private static int[] readToTheEnd(Peer peer) throws IOException {
        int[] next = new int[THREADS];
        byte[] header = new byte[4];
        while (peer.read(header, 0, 1) > 0) {
            peer.readFully(header, 1, 3);
            int length = ByteBuffer.wrap(header)
                    .order(java.nio.ByteOrder.LITTLE_ENDIAN)
                    .getInt();
            expectNext(peer.readFully(length), next);
        }
        return next;
    }

    /// The thread, the number, and then bytes that follow from both and the length.
    private static byte[] payload(int thread, int number, Random random) {
        byte[] payload = new byte[5 + random.nextInt(random.nextBoolean() ? MOST_BYTES - 4 : 20)];
        ByteBuffer.wrap(payload).put((byte) thread).putInt(number);
        Arrays.fill(payload, 5, payload.length, filling(thread, number, payload.length));
        return payload;
    }

    private static byte filling(int thread, int number, int length) {
        return (byte) (31 * (31 * thread + number) + length);
    }

    private static void expectNext(byte[] payload, int[] next) {
        ByteBuffer buffer = ByteBuffer.wrap(payload);
        int thread = buffer.get();
        int number = buffer.getInt();
        assertTrue(thread >= 0 && thread < THREADS, () -> "thread " + thread);
        assertEquals(next[thread]++, number, "of thread " + thread);
        for (int i = 5; i < payload.length; i++) {
            assertEquals(filling(thread, number, payload.length), payload[i]);
        }
    }

    private static final class Waiting implements EndpointHandler {
        private final AtomicInteger writables = new AtomicInteger();

        @Override
        public void writable(Connection connection) {
            writables.getAndIncrement();
        }
    }
}
