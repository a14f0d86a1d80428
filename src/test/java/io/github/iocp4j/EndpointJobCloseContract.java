package io.github.iocp4j;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.iocp4j.CloseReason.Kind;
import io.github.iocp4j.internal.host.Signal;
import io.github.iocp4j.internal.win32.Win32;
import io.github.iocp4j.job.Job;
import io.github.iocp4j.testing.Peer;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;

/// What becomes of jobs when their endpoint closes.
abstract class EndpointJobCloseContract extends EndpointContract {
    private static final Duration LONG = Duration.ofMinutes(2);
    private static final Duration LIMIT = Duration.ofSeconds(1);

    EndpointJobCloseContract(Kernels kernels) {
        super(kernels);
    }

    /// The first of them begins the close.
    @Test
    void queuedJobsAreRunAndTheirResultsSent() {
        check(stand -> {
            Queue<Boolean> late = new ConcurrentLinkedQueue<>();
            Jobs handler = new Jobs() {
                @Override
                public void processJob(Job job) {
                    endpoint().close(LONG);
                    late.add(endpoint().addJob("too late"));
                    super.processJob(job);
                }
            };
            TestEndpoint server = handler.of(stand.serve(handler, options -> options.jobWorkers(0)));
            Peer peer = server.connect();
            byte[][] payloads = {{1}, {2, 2}, {3}, {4, 4}};
            peer.write(WireFrames.encode(payloads));
            stand.await("4 jobs", () -> jobs(server) == 4);
            server.endpoint().jobWorkers(1);
            WireFrames.expect(peer, payloads);
            WireFrames.expectEnd(peer);
            peer.close();
            server.endpoint().awaitClosed();
            server.expectEnds(1, Kind.ENDPOINT_CLOSED);
            assertEquals(List.of(false, false, false, false), List.copyOf(late));
            assertEquals(List.of(), server.endpoint().unfinishedJobs());
            assertTrue(handler.refusals().isEmpty(), handler.refusals()::toString);
        });
    }

    @Test
    void closeFromAJobBeginsTheCloseAndReturns() {
        check(stand -> {
            AtomicReference<IocpEndpoint> itself = new AtomicReference<>();
            Queue<String> said = new ConcurrentLinkedQueue<>();
            TestEndpoint server = stand.serve(new Echo());
            itself.set(server.endpoint());
            Peer peer = server.connect();
            server.awaitConnection(0);
            Runnable task = () -> {
                itself.get().close();
                said.add(assertThrows(IllegalStateException.class, itself.get()::awaitClosed)
                        .getMessage());
            };
            assertTrue(server.endpoint().addJob(task));
            WireFrames.expectEnd(peer);
            peer.close();
            server.endpoint().awaitClosed();
            assertEquals(List.of("awaitClosed in a callback or a job would wait for itself"), List.copyOf(said));
            server.expectEnds(1, Kind.ENDPOINT_CLOSED);
        });
    }

    @Test
    void endpointWithoutJobThreadsHandsAllJobsBack() {
        check(stand -> {
            AtomicInteger ended = new AtomicInteger();
            Jobs handler = new Jobs() {
                @Override
                public void inputEnded(Connection connection) {
                    super.inputEnded(connection);
                    ended.getAndIncrement();
                }
            };
            TestEndpoint server = handler.of(stand.serve(handler, options -> options.jobWorkers(0)));
            Peer peer = server.connect();
            peer.write(WireFrames.encode(new byte[] {5}));
            stand.await("a job", () -> jobs(server) == 1);
            assertTrue(server.endpoint().addJob("second"));
            assertEquals(List.of(), server.endpoint().unfinishedJobs());
            peer.shutdownOutput();
            stand.await("the end of the input", () -> ended.get() == 1);
            Stand.Task closing = stand.fork("closing", () -> {
                Duration took = stand.time(() -> server.endpoint().close(LONG));
                stand.expectWithin(LIMIT, took);
            });
            WireFrames.expectEnd(peer);
            peer.close();
            closing.await();
            List<Job> unfinished = server.endpoint().unfinishedJobs();
            assertEquals(2, unfinished.size());
            assertEquals(server.awaitConnection(0).id(), unfinished.get(0).connectionId());
            assertEquals(new Job(Job.NO_CONNECTION, "second"), unfinished.get(1));
            assertEquals("", server.endpoint().leftOver());
            // For its connection a job that is handed back is over.
            server.expectEnds(1, Kind.PEER_CLOSED);
        });
    }

    /// The connection of the job is cut in time, the job is named, and its thread ends when it does.
    @Test
    void jobThatBlocksDoesNotHoldUpTheClose() {
        checkLong(stand -> {
            FaultyHost host = new FaultyHost(stand.kernel().host());
            Signal inside = stand.kernel().host().newSignal();
            Signal leave = stand.kernel().host().newSignal();
            Queue<SendResult> results = new ConcurrentLinkedQueue<>();
            Jobs handler = new Jobs() {
                @Override
                public void processJob(Job job) {
                    Connection connection = connectionOf(job);
                    inside.set();
                    boolean _ = leave.await(LONG.toNanos());
                    results.add(connection.send(new byte[1]));
                    assertFalse(connection.isOpen());
                }
            };
            TestEndpoint server =
                    handler.of(stand.startOn(host, CloseLimitContract.loopbackServer(), handler, options -> options));
            Peer peer = server.connect();
            peer.write(WireFrames.encode(new byte[] {1}, new byte[] {2}, new byte[] {3}));
            assertTrue(inside.await(LONG.toNanos()));
            stand.await("3 jobs", () -> jobs(server) == 3);
            Duration took = stand.time(() -> server.endpoint().close(LIMIT));
            stand.expectWithin(LIMIT, took);
            assertTrue(took.compareTo(LIMIT.dividedBy(2)) >= 0, () -> "given up after " + took);
            String left = server.endpoint().leftOver();
            assertTrue(left.contains("jobs that still run: 1"), left);
            assertFalse(left.contains("the port"), left);
            assertEquals(2, server.endpoint().unfinishedJobs().size());
            assertEquals(1, server.endpoint().counters().jobs().running());
            server.expectEnds(1, Kind.ENDPOINT_CLOSED);
            Stand.closeQuietly(peer);
            leave.set();
            stand.await("the end of the threads", () -> host.threads() == 0);
            assertEquals(List.of(SendResult.CLOSED), List.copyOf(results));
            server.verifyOver();
            host.bury(stand);
        });
    }

    @Test
    void shorterCloseHurriesOneThatWaitsForJobs() {
        check(stand -> {
            Signal inside = stand.kernel().host().newSignal();
            Signal leave = stand.kernel().host().newSignal();
            TestEndpoint server = stand.serve(new Echo(), options -> options.jobWorkers(0));
            Runnable blocks = () -> {
                server.endpoint().close(LONG);
                inside.set();
                boolean _ = leave.await(LONG.toNanos());
            };
            assertTrue(server.endpoint().addJob(blocks));
            assertTrue(server.endpoint().addJob("not run"));
            server.endpoint().jobWorkers(1);
            assertTrue(inside.await(LONG.toNanos()));
            Stand.Task patient = stand.fork("patient", () -> server.endpoint().awaitClosed());
            Duration limit = Duration.ofMillis(300);
            stand.expectWithin(limit, stand.time(() -> server.endpoint().close(limit)));
            patient.await();
            assertEquals(1, server.endpoint().unfinishedJobs().size());
            leave.set();
            stand.await("the job", () -> server.endpoint().counters().jobs().running() == 0);
        });
    }

    @Test
    void closeWithoutTimeBeginsNoMoreJobs() {
        check(stand -> {
            Jobs handler = new Jobs();
            TestEndpoint server = handler.of(stand.serve(handler, options -> options.jobWorkers(2)));
            Peer peer = server.connect();
            List<byte[]> payloads = new ArrayList<>();
            for (int i = 0; i < 40; i++) {
                payloads.add(new byte[] {(byte) i});
            }
            peer.write(WireFrames.encode(payloads));
            int enough = stand.random().nextInt(40);
            stand.await(enough + " jobs", () -> jobs(server) >= enough);
            stand.expectWithin(
                    EndpointClose.LEAST, stand.time(() -> server.endpoint().close(Duration.ZERO)));
            assertEquals("", server.endpoint().leftOver());
            var counted = server.endpoint().counters().jobs();
            int unfinished = server.endpoint().unfinishedJobs().size();
            assertEquals(counted.added(), counted.done() + counted.failed() + unfinished);
            Stand.closeQuietly(peer);
        });
    }

    @Test
    void portFailureDoesNotWaitForAJobThatBlocks() {
        checkLong(stand -> {
            FaultyHost host = new FaultyHost(stand.kernel().host());
            Signal leave = stand.kernel().host().newSignal();
            AtomicInteger inside = new AtomicInteger();
            Jobs handler = new Jobs() {
                @Override
                public void processJob(Job job) {
                    inside.getAndIncrement();
                    boolean _ = leave.await(LONG.toNanos());
                }
            };
            TestEndpoint server =
                    handler.of(stand.startOn(host, CloseLimitContract.loopbackServer(), handler, options -> options));
            Peer peer = server.connect();
            peer.write(WireFrames.encode(new byte[] {1}, new byte[] {2}));
            stand.await("2 jobs", () -> jobs(server) == 2 && inside.get() == 1);
            long begun = stand.nanoTime();
            host.failPort(Win32.ERROR_INVALID_HANDLE);
            assertThrows(UncheckedIOException.class, server.endpoint()::awaitClosed);
            stand.expectWithin(EndpointClose.USUAL, Duration.ofNanos(stand.nanoTime() - begun));
            String left = server.endpoint().leftOver();
            assertTrue(left.contains("jobs that still run: 1"), left);
            assertEquals(1, server.endpoint().unfinishedJobs().size());
            assertEquals(List.of(Kind.ENDPOINT_CLOSED), server.kinds());
            server.order().verify();
            stand.expectReset(peer);
            Stand.closeQuietly(peer);
            leave.set();
            stand.await("the end of the threads", () -> host.threads() == 0);
            assertEquals(1, inside.get());
            host.bury(stand);
        });
    }

    private static long jobs(TestEndpoint server) {
        return server.endpoint().counters().jobs().added();
    }
}
