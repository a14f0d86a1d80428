package io.github.iocp4j;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.iocp4j.CloseReason.Kind;
import io.github.iocp4j.internal.host.Signal;
import io.github.iocp4j.job.Job;
import io.github.iocp4j.job.JobCounters;
import io.github.iocp4j.testing.Peer;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/// What jobs are to an endpoint and its connections.
abstract class EndpointJobContract extends EndpointContract {
    private static final Duration LONG = Duration.ofMinutes(2);

    EndpointJobContract(Kernels kernels) {
        super(kernels);
    }

    @Test
    void resultsOfOneJobThreadAreSentBackInOrder() {
        check(stand -> {
            Jobs handler = new Jobs();
            TestEndpoint server = handler.of(stand.serve(handler));
            List<byte[]> payloads = payloads(stand, 30);
            try (Peer peer = server.connect()) {
                peer.write(WireFrames.encode(payloads));
                WireFrames.expect(peer, payloads);
            }
            assertTrue(handler.refusals().isEmpty(), handler.refusals()::toString);
            stand.await("the jobs", () -> jobs(server).done() == 30);
            assertEquals(new JobCounters(30, 0, 30, 0, 0, 0, 1), jobs(server));
        });
    }

    /// The last job ends while the end of the input is being noticed: the close must not be forgotten, nor come
    /// before the last result.
    @Test
    void peerThatHalfClosesStillGetsItsResults() {
        check(stand -> {
            Random random = new Random(stand.random().nextLong());
            Signal window = stand.kernel().host().newSignal();
            Jobs handler = new Jobs() {
                @Override
                public void processJob(Job job) {
                    boolean _ = window.isSet();
                    super.processJob(job);
                }
            };
            int count = 1 + random.nextInt(4);
            int workers = 1 + random.nextInt(3);
            TestEndpoint server = handler.of(stand.serve(handler, options -> options.jobWorkers(workers)));
            for (int round = 0; round < 3; round++) {
                try (Peer peer = server.connect()) {
                    peer.write(WireFrames.encode(payloads(stand, count)));
                    peer.shutdownOutput();
                    expectAll(peer, count);
                    WireFrames.expectEnd(peer);
                }
            }
            server.expectEnds(3, Kind.PEER_CLOSED);
            assertTrue(handler.refusals().isEmpty(), handler.refusals()::toString);
        });
    }

    @Test
    void halfClosedPeerWaitsForItsJobAsLongAsThatTakes() {
        check(stand -> {
            Signal leave = stand.kernel().host().newSignal();
            Jobs handler = new Jobs() {
                @Override
                public void processJob(Job job) {
                    boolean _ = leave.await(LONG.toNanos());
                    super.processJob(job);
                }
            };
            TestEndpoint server = handler.of(stand.serve(handler));
            try (Peer peer = server.connect()) {
                byte[] payload = {1, 2, 3};
                peer.write(WireFrames.encode(payload, payload));
                peer.shutdownOutput();
                stand.await("two jobs", () -> jobs(server).added() == 2);
                stand.kernel().pause(Duration.ofMillis(20));
                assertTrue(server.awaitConnection(0).isOpen());
                leave.set();
                WireFrames.expect(peer, payload, payload);
                WireFrames.expectEnd(peer);
            }
            server.expectEnds(1, Kind.PEER_CLOSED);
        });
    }

    /// The second job may be over before the first one knows that it was added.
    @Test
    void jobOfAHalfClosedConnectionMayAddAnotherOne() {
        check(stand -> {
            Jobs handler = new Jobs() {
                @Override
                public void processJob(Job job) {
                    Connection connection = connectionOf(job);
                    if (connection != null && ((byte[]) job.data()).length == Integer.BYTES) {
                        byte[] second =
                                ByteBuffer.allocate(Integer.BYTES + 1).putInt(1).array();
                        assertTrue(connection.addJob(second));
                    }
                    answer(job);
                }
            };
            TestEndpoint server = handler.of(stand.serve(handler, options -> options.jobWorkers(2)));
            try (Peer peer = server.connect()) {
                peer.write(WireFrames.encode(numbered(1)));
                peer.shutdownOutput();
                expectAll(peer, 2);
                WireFrames.expectEnd(peer);
            }
            server.expectEnds(1, Kind.PEER_CLOSED);
            assertTrue(handler.refusals().isEmpty(), handler.refusals()::toString);
        });
    }

    @Test
    void closeAfterJobsWithoutJobsClosesAtOnce() {
        check(stand -> {
            TestEndpoint server = stand.serve(new EndpointHandler() {
                @Override
                public void connected(Connection connection) {
                    connection.closeAfterJobs();
                    assertFalse(connection.isOpen());
                }
            });
            try (Peer peer = server.connect()) {
                WireFrames.expectEnd(peer);
            }
            server.expectEnds(1, Kind.CLOSED);
        });
    }

    @Test
    void jobThatIsTakenIsOverForItsConnection() {
        check(stand -> {
            Jobs handler = new Jobs();
            TestEndpoint server = handler.of(stand.serve(handler, options -> options.jobWorkers(0)));
            try (Peer peer = server.connect()) {
                peer.write(WireFrames.encode(new byte[] {1}, new byte[] {2}));
                peer.shutdownOutput();
                stand.await("two jobs", () -> jobs(server).queued() == 2);
                Connection connection = server.awaitConnection(0);
                expectJob(server.endpoint().takeJob(), connection, 1);
                assertTrue(connection.isOpen());
                expectJob(server.endpoint().takeJob(), connection, 2);
                assertNull(server.endpoint().takeJob());
                WireFrames.expectEnd(peer);
            }
            server.expectEnds(1, Kind.PEER_CLOSED);
        });
    }

    /// Of a full queue: the refused job must not keep the connection open.
    @Test
    void jobThatIsRefusedIsOverForItsConnection() {
        check(stand -> {
            Jobs handler = new Jobs();
            TestEndpoint server = handler.of(
                    stand.serve(handler, options -> options.jobWorkers(0).jobQueue(1)));
            assertTrue(server.endpoint().addJob("something"));
            assertFalse(server.endpoint().addJob("one too many"));
            try (Peer peer = server.connect()) {
                peer.write(WireFrames.encode(new byte[] {1}));
                peer.shutdownOutput();
                WireFrames.expectEnd(peer);
            }
            server.expectEnds(1, Kind.PEER_CLOSED);
            assertEquals(List.of("a job"), List.copyOf(handler.refusals()));
            assertEquals(2, jobs(server).refused());
            assertNotNull(server.endpoint().takeJob());
        });
    }

    /// Its memory is the next connection's meanwhile, which the job must not find.
    @Test
    void jobOfAConnectionThatIsGoneFindsNobody() {
        check(stand -> {
            Queue<Boolean> found = new ConcurrentLinkedQueue<>();
            Queue<Connection> kept = new ConcurrentLinkedQueue<>();
            Jobs handler = new Jobs() {
                @Override
                public void frameReceived(Connection connection, Frame frame) {
                    kept.add(connection);
                    super.frameReceived(connection, frame);
                }

                @Override
                public void processJob(Job job) {
                    found.add(connectionOf(job) != null);
                }
            };
            TestEndpoint server = handler.of(
                    stand.serve(handler, options -> options.jobWorkers(0).maxConnections(1)));
            Peer gone = server.connect();
            gone.write(WireFrames.encode(new byte[] {1}));
            stand.await("a job", () -> jobs(server).queued() == 1);
            gone.reset();
            server.awaitReleased(1);
            try (Peer next = server.connect()) {
                server.awaitConnection(1);
                server.endpoint().jobWorkers(1);
                stand.await("the job", () -> jobs(server).done() == 1);
                assertEquals(List.of(false), List.copyOf(found));
                assertEquals(SendResult.CLOSED, kept.element().send(new byte[1]));
                next.write(WireFrames.encode(new byte[] {2}));
                stand.await("the next job", () -> jobs(server).done() == 2);
                assertEquals(List.of(false, true), List.copyOf(found));
            }
            server.awaitReleased(2);
        });
    }

    @Test
    void jobMayBeAddedInTheLastCallbacks() {
        check(stand -> {
            Queue<Long> ids = new ConcurrentLinkedQueue<>();
            Jobs handler = new Jobs() {
                @Override
                public void disconnected(Connection connection, CloseReason reason) {
                    assertTrue(connection.addJob("disconnected"));
                }

                @Override
                public void connectionReleased(Connection connection) {
                    assertTrue(connection.addJob("released"));
                }

                @Override
                public void processJob(Job job) {
                    assertNull(connectionOf(job));
                    ids.add(job.connectionId());
                }
            };
            TestEndpoint server = handler.of(stand.serve(handler));
            server.connect().close();
            server.awaitReleased(1);
            stand.await("both jobs", () -> ids.size() == 2);
            long id = server.awaitConnection(0).id();
            assertEquals(List.of(id, id), List.copyOf(ids));
        });
    }

    @Test
    void exceptionOfAJobClosesItsConnectionOnly() {
        checkLong(stand -> {
            Deliberate failure = new Deliberate("thrown by a job on purpose");
            Jobs handler = new Jobs() {
                @Override
                public void processJob(Job job) {
                    if (job.connectionId() == Job.NO_CONNECTION || ((byte[]) job.data()).length == 0) {
                        throw failure;
                    }
                    super.processJob(job);
                }
            };
            TestEndpoint server = handler.of(stand.serve(handler));
            try (Peer healthy = server.connect()) {
                Connection first = server.awaitConnection(0);
                assertTrue(server.endpoint().addJob("a job without a connection, which is logged"));
                Peer victim = server.connect();
                victim.write(WireFrames.encode(new byte[0], new byte[0]));
                stand.expectReset(victim);
                Stand.closeQuietly(victim);
                byte[] payload = {1};
                healthy.write(WireFrames.encode(payload));
                WireFrames.expect(healthy, payload);
                server.awaitReleased(1);
                CloseReason reason =
                        server.order().reason(server.order().connections().get(1));
                assertEquals(Kind.HANDLER_FAILED, reason.kind());
                assertSame(failure, reason.cause());
                assertTrue(first.isOpen());
            }
            server.awaitReleased(2);
            assertTrue(jobs(server).failed() >= 2, () -> jobs(server).toString());
        });
    }

    @Test
    void jobsThatAreRunnableAreRunByDefault() {
        check(stand -> {
            Queue<String> threads = new ConcurrentLinkedQueue<>();
            TestEndpoint server = stand.serve(new Echo(), options -> options.jobWorkers(2));
            Runnable task = () -> threads.add(Thread.currentThread().getName());
            for (int i = 0; i < 6; i++) {
                assertTrue(server.endpoint().addJob(task));
            }
            stand.await("6 jobs", () -> threads.size() == 6);
            assertTrue(Set.of("iocp4j-job-0", "iocp4j-job-1").containsAll(threads), threads::toString);
        });
    }

    @Test
    void otherJobsAreRefusedByDefault() {
        EndpointHandler plain = new EndpointHandler() {};
        Job job = new Job(Job.NO_CONNECTION, "text");
        String message = assertThrows(UnsupportedOperationException.class, () -> plain.processJob(job))
                .getMessage();
        assertTrue(message.contains("java.lang.String"), message);
        assertThrows(NullPointerException.class, () -> new Job(1, nothing()));
    }

    @Test
    void numberOfJobThreadsChangesUnderLoad() {
        check(stand -> {
            int peers = 3;
            int frames = isSimulated() ? 20 : 300;
            Jobs handler = new Jobs();
            TestEndpoint server = handler.of(stand.serve(handler, options -> options.jobWorkers(0)));
            AtomicInteger ended = new AtomicInteger();
            List<Stand.Task> tasks = new ArrayList<>();
            for (int i = 0; i < peers; i++) {
                Random random = new Random(stand.random().nextLong());
                tasks.add(stand.fork("peer-" + i, () -> {
                    try (Peer peer = server.connect()) {
                        WireFrames.writeInPieces(peer, WireFrames.encode(numbered(frames)), random, 500);
                        peer.shutdownOutput();
                        expectAll(peer, frames);
                        WireFrames.expectEnd(peer);
                    }
                    ended.getAndIncrement();
                }));
            }
            Random random = new Random(stand.random().nextLong());
            while (ended.get() < peers) {
                int workers = random.nextInt(4);
                server.endpoint().jobWorkers(workers);
                assertEquals(workers, server.endpoint().jobWorkers());
                stand.kernel().pause(Duration.ofMillis(1));
            }
            tasks.forEach(Stand.Task::await);
            server.expectEnds(peers, Kind.PEER_CLOSED);
            assertTrue(handler.refusals().isEmpty(), handler.refusals()::toString);
            int workers = server.endpoint().jobWorkers();
            stand.await("the last job", () -> jobs(server).running() == 0);
            long all = (long) peers * frames;
            assertEquals(new JobCounters(all, 0, all, 0, 0, 0, workers), jobs(server));
        });
    }

    private static JobCounters jobs(TestEndpoint server) {
        return server.endpoint().counters().jobs();
    }

    private static void expectJob(Job job, Connection connection, int data) {
        assertNotNull(job);
        assertEquals(connection.id(), job.connectionId());
        assertEquals(data, assertInstanceOf(byte[].class, job.data())[0]);
    }

    /// The first payload of each is its number.
    private static List<byte[]> payloads(Stand stand, int count) {
        List<byte[]> payloads = numbered(count);
        payloads.replaceAll(number -> {
            byte[] payload =
                    WireFrames.random(stand.random(), 4 + stand.random().nextInt(600));
            System.arraycopy(number, 0, payload, 0, number.length);
            return payload;
        });
        return payloads;
    }

    private static List<byte[]> numbered(int count) {
        return IntStream.range(0, count)
                .mapToObj(i -> ByteBuffer.allocate(Integer.BYTES).putInt(i).array())
                .collect(Collectors.toCollection(ArrayList::new));
    }

    /// Each result once, in whatever order.
    private static void expectAll(Peer peer, int count) throws java.io.IOException {
        List<Integer> numbers = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            numbers.add(ByteBuffer.wrap(WireFrames.read(peer)).getInt());
        }
        numbers.sort(null);
        assertEquals(IntStream.range(0, count).boxed().toList(), numbers);
    }

    @SuppressWarnings({"DataFlowIssue", "NullAway"})
    private static Object nothing() {
        return null;
    }
}
