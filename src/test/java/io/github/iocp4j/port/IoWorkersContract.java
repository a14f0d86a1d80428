package io.github.iocp4j.port;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.iocp4j.contract.KernelContract;
import io.github.iocp4j.error.WindowsException;
import io.github.iocp4j.internal.host.Signal;
import io.github.iocp4j.internal.win32.Win32;
import io.github.iocp4j.testing.CountedCall;
import io.github.iocp4j.testing.CountingHost;
import io.github.iocp4j.testing.TestKernel;
import java.time.Duration;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

abstract class IoWorkersContract extends KernelContract {
    private static final int MANY = 64;
    private static final int[] COUNTS = {1, 2, 4};

    IoWorkersContract(boolean simulated) {
        super(simulated);
    }

    @Test
    void everyPacketIsHandledOnceAndBeforeTheWorkersEnd() {
        check(kernel -> {
            for (int count : COUNTS) {
                try (CompletionPort port = new CompletionPort(kernel.host(), 0, MANY)) {
                    AtomicInteger[] handled = new AtomicInteger[MANY];
                    IoWorkers workers = IoWorkers.start(port, count, 16, "worker", IoWorkersContract::noFailure);
                    for (int i = 0; i < MANY; i++) {
                        handled[i] = new AtomicInteger();
                        post(port, i, (operation, worker) -> {
                            handled[operation.bytesTransferred()].incrementAndGet();
                            operation.release();
                        });
                    }
                    assertTrue(workers.stop(LIMIT));
                    for (AtomicInteger times : handled) {
                        assertEquals(1, times.get());
                    }
                    assertEquals(0, port.operationsTaken());
                }
            }
        });
    }

    /// The packet may have been handled, and the operation be in use by somebody else, before the post returns.
    @Test
    void operationMayComeBackBeforeItsPostReturns() {
        check(kernel -> {
            try (CompletionPort port = new CompletionPort(kernel.host(), 0, 2)) {
                AtomicInteger sum = new AtomicInteger();
                AtomicInteger ended = new AtomicInteger();
                IoWorkers workers = IoWorkers.start(port, 2, 4, "worker", IoWorkersContract::noFailure);
                for (int chain = 0; chain < 2; chain++) {
                    post(port, MANY, (operation, worker) -> {
                        int left = operation.bytesTransferred();
                        sum.addAndGet(left);
                        if (left == 0) {
                            operation.release();
                            ended.incrementAndGet();
                        } else if (port.post(operation, 0, left - 1) != 0) {
                            throw new AssertionError("a post is refused");
                        }
                    });
                }
                kernel.await("both chains end", LIMIT, () -> ended.get() == 2);
                assertEquals(MANY * (MANY + 1), sum.get());
                assertTrue(workers.stop(LIMIT));
            }
        });
    }

    @Test
    void batchThatTakesSeveralStopPacketsStopsAll() {
        check(kernel -> {
            for (int count : COUNTS) {
                try (CompletionPort port = new CompletionPort(kernel.host(), 0, 1)) {
                    IoWorkers workers = IoWorkers.start(port, count, 16, "worker", IoWorkersContract::noFailure);
                    for (int i = 0; i < 3; i++) {
                        assertEquals(0, port.postPacket(CompletionPort.STOP_KEY, 0, 0));
                    }
                    assertTrue(workers.stop(LIMIT));
                    assertTrue(workers.stop(LIMIT));
                }
            }
        });
    }

    @Test
    void stopFromSeveralThreadsStopsOnce() {
        check(kernel -> {
            try (CompletionPort port = new CompletionPort(kernel.host(), 0, 1)) {
                IoWorkers workers = IoWorkers.start(port, 3, 2, "worker", IoWorkersContract::noFailure);
                AtomicInteger stopped = new AtomicInteger();
                for (int i = 0; i < 3; i++) {
                    kernel.fork("stopper", () -> {
                        assertTrue(workers.stop(LIMIT));
                        stopped.incrementAndGet();
                    });
                }
                kernel.await("all return", LIMIT, () -> stopped.get() == 3);
            }
        });
    }

    @Test
    void stopWaitsNoLongerThanItsLimit() {
        check(kernel -> {
            try (CompletionPort port = new CompletionPort(kernel.host(), 0, 1)) {
                var leave = kernel.host().newSignal();
                IoWorkers workers = IoWorkers.start(port, 2, 16, "worker", IoWorkersContract::noFailure);
                holdWorker(kernel, port, leave);
                assertTrue(!workers.stop(Duration.ofMillis(50)), "a handler still runs");
                leave.set();
                assertTrue(workers.stop(LIMIT));
            }
        });
    }

    /// The article's shutdown looked at one thread only when it waited for all of them.
    @Test
    void defect9StopSeesEachWorkerThatIsStuck() {
        check(kernel -> {
            for (int i = 0; i < 3; i++) {
                int stuck = i;
                try (CompletionPort port = new CompletionPort(kernel.host(), 0, 3)) {
                    var leave = kernel.host().newSignal();
                    var leaveStuck = kernel.host().newSignal();
                    AtomicInteger inside = new AtomicInteger();
                    IoWorkers workers = IoWorkers.start(port, 3, 1, "worker", IoWorkersContract::noFailure);
                    for (int j = 0; j < 3; j++) {
                        post(port, j, (operation, worker) -> {
                            inside.incrementAndGet();
                            var mine = worker.index() == stuck ? leaveStuck : leave;
                            boolean _ = mine.await(LIMIT.toNanos());
                            operation.release();
                        });
                    }
                    kernel.await("all are inside", LIMIT, () -> inside.get() == 3);
                    leave.set();
                    assertTrue(!workers.stop(Duration.ofMillis(200)), () -> "worker " + stuck + " is in a handler");
                    leaveStuck.set();
                    assertTrue(workers.stop(LIMIT));
                }
            }
        });
    }

    /// The article's shutdown posted again and again until its threads had ended.
    @Test
    void defect9StopPostsOncePerWorker() {
        check(kernel -> {
            CountingHost host = new CountingHost(kernel.host());
            try (CompletionPort port = new CompletionPort(host, 0, 1)) {
                var leave = kernel.host().newSignal();
                IoWorkers workers = IoWorkers.start(port, 3, 16, "worker", IoWorkersContract::noFailure);
                holdWorker(kernel, port, leave);
                long before = host.counts().calls(CountedCall.POST_QUEUED_COMPLETION_STATUS);
                assertTrue(!workers.stop(Duration.ofMillis(200)), "a handler still runs");
                leave.set();
                assertTrue(workers.stop(LIMIT));
                long posts = host.counts().calls(CountedCall.POST_QUEUED_COMPLETION_STATUS) - before;
                assertTrue(posts <= 3, () -> posts + " posts to stop 3 workers");
            }
        });
    }

    @Test
    void refusedStopPacketIsPostedAgain() {
        check(kernel -> {
            ChangedHost host = new ChangedHost(kernel.host());
            try (CompletionPort port = new CompletionPort(host, 0, 1)) {
                IoWorkers workers = IoWorkers.start(port, 2, 16, "worker", IoWorkersContract::noFailure);
                host.refusePosts(1450);
                kernel.fork("recovery", () -> {
                    kernel.pause(Duration.ofMillis(100));
                    host.refusePosts(0);
                });
                assertTrue(workers.stop(LIMIT));
            }
        });
    }

    @Test
    void handlerThatThrowsStopsNothing() {
        check(kernel -> {
            try (CompletionPort port = new CompletionPort(kernel.host(), 0, 8)) {
                AtomicInteger handled = new AtomicInteger();
                IoWorkers workers = IoWorkers.start(port, 2, 16, "worker", IoWorkersContract::noFailure);
                for (int i = 0; i < 8; i++) {
                    post(port, i, (operation, worker) -> {
                        operation.release();
                        handled.incrementAndGet();
                        throw new Deliberate();
                    });
                }
                kernel.await("all are handled", LIMIT, () -> handled.get() == 8);
                assertTrue(workers.stop(LIMIT));
            }
        });
    }

    @Test
    void failureOfThePortIsReportedOnce() {
        check(kernel -> {
            ChangedHost host = new ChangedHost(kernel.host());
            CompletionPort port = new CompletionPort(host, 0, 1);
            Queue<Integer> codes = new ConcurrentLinkedQueue<>();
            IoWorkers workers = IoWorkers.start(port, 4, 16, "worker", cause -> codes.add(cause.code()));
            host.failDequeues(Win32.ERROR_INVALID_HANDLE);
            for (int i = 0; i < 64; i++) {
                assertEquals(0, port.postPacket(0, 0, 0));
            }
            assertTrue(workers.stop(LIMIT));
            assertEquals(List.of(Win32.ERROR_INVALID_HANDLE), List.copyOf(codes));
            port.close();
        });
    }

    @Test
    void portHasOneGroupOfWorkersAtATime() {
        check(kernel -> {
            try (CompletionPort port = new CompletionPort(kernel.host(), 0, 1)) {
                IoWorkers first = IoWorkers.start(port, 2, 16, "first", IoWorkersContract::noFailure);
                assertThrows(
                        IllegalStateException.class,
                        () -> IoWorkers.start(port, 1, 16, "second", IoWorkersContract::noFailure));
                assertTrue(first.stop(LIMIT));
                IoWorkers second = IoWorkers.start(port, 3, 16, "second", IoWorkersContract::noFailure);
                expectAlive(kernel, port);
                assertTrue(second.stop(LIMIT));
            }
        });
    }

    @Test
    void workerKnowsItself() {
        check(kernel -> {
            try (CompletionPort port = new CompletionPort(kernel.host(), 0, 1)) {
                assertNull(IoWorker.current());
                Queue<Throwable> failures = new ConcurrentLinkedQueue<>();
                AtomicInteger done = new AtomicInteger();
                IoWorkers workers = IoWorkers.start(port, 1, 16, "worker", IoWorkersContract::noFailure);
                post(port, 2, (operation, worker) -> {
                    try {
                        assertSame(worker, IoWorker.current());
                        assertSame(port, worker.port());
                        assertEquals(0, worker.index());
                        assertEquals(IoWorker.INLINE_LIMIT, worker.inlineLeft());
                        worker.countInline();
                        assertEquals(IoWorker.INLINE_LIMIT - 1, worker.inlineLeft());
                    } catch (AssertionError e) {
                        failures.add(e);
                    }
                    int left = operation.bytesTransferred();
                    if (left == 0 || port.post(operation, 0, left - 1) != 0) {
                        operation.release();
                        done.set(1);
                    }
                });
                kernel.await("it is done", LIMIT, () -> done.get() == 1);
                assertTrue(failures.isEmpty(), failures::toString);
                assertTrue(workers.stop(LIMIT));
            }
        });
    }

    private static void expectAlive(TestKernel kernel, CompletionPort port) {
        AtomicInteger handled = new AtomicInteger();
        post(port, 0, (operation, worker) -> {
            operation.release();
            handled.incrementAndGet();
        });
        kernel.await("a packet is handled", LIMIT, () -> handled.get() == 1);
    }

    /// Keeps a worker in a handler until `leave` is set, and returns when it is inside.
    private static void holdWorker(TestKernel kernel, CompletionPort port, Signal leave) {
        Signal inside = kernel.host().newSignal();
        post(port, 0, (operation, worker) -> {
            inside.set();
            boolean _ = leave.await(LIMIT.toNanos());
            operation.release();
        });
        assertTrue(inside.await(LIMIT.toNanos()));
    }

    private static void noFailure(WindowsException cause) {
        throw new AssertionError(cause);
    }

    private static void post(CompletionPort port, int bytes, OperationHandler handler) {
        Operation operation = port.acquire(handler, null);
        assertNotNull(operation);
        assertEquals(0, port.post(operation, 0, bytes));
    }

    private static final class Deliberate extends RuntimeException {
        private static final long serialVersionUID = 1;

        Deliberate() {
            super("deliberate", null, false, false);
        }
    }
}
