package io.github.iocp4j.job;

import static io.github.iocp4j.job.JobPoolContract.addAll;
import static io.github.iocp4j.job.JobPoolContract.close;
import static io.github.iocp4j.job.JobPoolContract.expectNoThreads;
import static io.github.iocp4j.job.JobPoolContract.numbers;
import static io.github.iocp4j.job.JobPoolContract.pool;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.iocp4j.contract.KernelContract;
import io.github.iocp4j.internal.host.Signal;
import io.github.iocp4j.testing.TestKernel;
import java.time.Duration;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;

/// How a pool ends.
abstract class JobPoolCloseContract extends KernelContract {
    private static final Duration SHORT = Duration.ofMillis(50);

    JobPoolCloseContract(boolean simulated) {
        super(simulated);
    }

    @Test
    void whatIsQueuedIsRunAndNothingIsAdded() {
        check(kernel -> {
            AtomicReference<JobPool<Integer>> itself = new AtomicReference<>();
            AtomicInteger refused = new AtomicInteger();
            AtomicInteger done = new AtomicInteger();
            JobPool<Integer> pool = pool(kernel, 2, 40, _ -> {
                done.getAndIncrement();
                refused.getAndAdd(itself.get().add(100) ? 0 : 1);
            });
            itself.set(pool);
            pool.workers(0);
            addAll(pool, 20);
            pool.beginClose(LIMIT);
            assertFalse(pool.add(21));
            pool.workers(2);
            assertEquals(List.of(), pool.awaitClosed());
            assertEquals(20, done.get());
            assertEquals(20, refused.get());
            expectNoThreads(kernel, pool);
        });
    }

    @Test
    void poolWithoutWorkersHandsEverythingBackInOrder() {
        check(kernel -> {
            JobPool<Integer> pool = pool(kernel, 0, 40, _ -> {});
            addAll(pool, 5);
            assertEquals(List.of(), pool.unfinished());
            Duration took = time(kernel, () -> assertEquals(numbers(0, 5), pool.close(LIMIT)));
            assertTrue(took.compareTo(LIMIT.dividedBy(2)) < 0, () -> "took " + took);
            assertEquals(numbers(0, 5), pool.unfinished());
            assertEquals(numbers(0, 5), pool.close(LIMIT));
            assertEquals(0, pool.counters().queued());
        });
    }

    /// The article's pool looked at one thread only when it waited for all of them.
    @Test
    void defect9CloseEndsInTimeAndSeesEachThreadThatIsStuck() {
        check(kernel -> {
            for (int i = 0; i < 3; i++) {
                int stuck = i;
                Signal leave = kernel.host().newSignal();
                Signal leaveStuck = kernel.host().newSignal();
                Queue<String> inside = new ConcurrentLinkedQueue<>();
                JobPool<Integer> pool = pool(kernel, 3, 40, _ -> {
                    String thread = Thread.currentThread().getName();
                    inside.add(thread);
                    Signal mine = thread.equals("jobs-" + stuck) ? leaveStuck : leave;
                    boolean _ = mine.await(LIMIT.toNanos());
                });
                addAll(pool, 3);
                kernel.await("3 jobs inside", LIMIT, () -> inside.size() == 3);
                expectWithin(SHORT, time(kernel, () -> assertEquals(List.of(), pool.close(SHORT))));
                assertEquals(3, pool.counters().running());
                kernel.fork("release", () -> {
                    kernel.pause(Duration.ofMillis(10));
                    leave.set();
                });
                assertFalse(pool.awaitThreads(SHORT.multipliedBy(4)), "jobs-" + stuck + " is in a job still");
                assertEquals(1, pool.counters().running());
                leaveStuck.set();
                expectNoThreads(kernel, pool);
                assertEquals(3, pool.counters().done());
            }
        });
    }

    /// The article's pool posted and looked again and again until its threads had ended.
    @Test
    void defect9CloseSleepsWhileAJobRuns() {
        check(kernel -> {
            WatchedHost host = new WatchedHost(kernel.host());
            Signal leave = kernel.host().newSignal();
            JobPool<Integer> pool =
                    new JobPool<>(host, new JobOptions(4, 40), "jobs", _ -> leave.await(LIMIT.toNanos()), (_, _) -> {});
            addAll(pool, 2);
            kernel.await("2 jobs inside", LIMIT, () -> pool.counters().running() == 2);
            int before = host.signalCalls();
            assertEquals(List.of(), pool.close(Duration.ofMillis(400)));
            assertFalse(pool.awaitThreads(Duration.ofMillis(400)));
            int calls = host.signalCalls() - before;
            assertTrue(calls <= 4, () -> "while it waited, signals were set or looked at " + calls + " times");
            leave.set();
            expectNoThreads(kernel, pool);
        });
    }

    @Test
    void whatWaitsBehindAStuckJobIsHandedBack() {
        check(kernel -> {
            JobPoolContract.Held held = new JobPoolContract.Held(kernel);
            JobPool<Integer> pool = pool(kernel, 1, 40, held);
            addAll(pool, 6);
            kernel.await("a job inside", LIMIT, () -> held.inside.get() == 1);
            assertEquals(numbers(1, 6), pool.close(SHORT));
            held.leave.set();
            expectNoThreads(kernel, pool);
            assertEquals(List.of(0), held.sorted());
        });
    }

    @Test
    void shorterCloseHurriesOneThatIsUnderWay() {
        check(kernel -> {
            JobPoolContract.Held held = new JobPoolContract.Held(kernel);
            JobPool<Integer> pool = pool(kernel, 1, 40, held);
            addAll(pool, 2);
            kernel.await("a job inside", LIMIT, () -> held.inside.get() == 1);
            AtomicInteger returned = new AtomicInteger();
            for (int i = 0; i < 2; i++) {
                kernel.fork("patient", () -> {
                    assertEquals(List.of(1), pool.close(LIMIT.multipliedBy(10)));
                    returned.getAndIncrement();
                });
            }
            expectWithin(SHORT, time(kernel, () -> assertEquals(List.of(1), pool.close(SHORT))));
            kernel.await("the others return", LIMIT, () -> returned.get() == 2);
            held.leave.set();
            expectNoThreads(kernel, pool);
        });
    }

    @Test
    void closeFromAJobIsRefusedButMayBegin() {
        check(kernel -> {
            AtomicReference<JobPool<Integer>> itself = new AtomicReference<>();
            Queue<String> said = new ConcurrentLinkedQueue<>();
            JobPool<Integer> pool = pool(kernel, 1, 40, _ -> {
                assertTrue(itself.get().isWorker());
                itself.get().beginClose(LIMIT);
                said.add(assertThrows(
                                IllegalStateException.class, () -> itself.get().close(LIMIT))
                        .getMessage());
            });
            itself.set(pool);
            assertThrows(IllegalStateException.class, pool::awaitClosed);
            addAll(pool, 1);
            kernel.await("the close begins", LIMIT, () -> !said.isEmpty());
            assertEquals(List.of(), pool.awaitClosed());
            assertEquals(List.of("a job would wait for itself"), List.copyOf(said));
            expectNoThreads(kernel, pool);
        });
    }

    @Test
    void closeAmongAddsRunsOrRefusesOrHandsBackEachJob() {
        check(kernel -> {
            int jobs = isSimulated() ? 60 : 2_000;
            AtomicInteger accepted = new AtomicInteger();
            AtomicInteger adders = new AtomicInteger(3);
            AtomicInteger done = new AtomicInteger();
            Signal window = kernel.host().newSignal();
            JobPool<Integer> pool = pool(kernel, 2, 10, _ -> {
                boolean _ = window.isSet();
                done.getAndIncrement();
            });
            for (int i = 0; i < 3; i++) {
                kernel.fork("adder", () -> {
                    for (int job = 0; job < jobs; job++) {
                        accepted.getAndAdd(pool.add(job) ? 1 : 0);
                        boolean _ = window.isSet();
                    }
                    adders.getAndDecrement();
                });
            }
            int enough = kernel.random().nextInt(jobs);
            kernel.await(enough + " jobs", LIMIT, () -> done.get() >= enough || adders.get() == 0);
            Duration limit = kernel.random().nextBoolean() ? Duration.ZERO : LIMIT;
            int left = pool.close(limit).size();
            expectNoThreads(kernel, pool);
            kernel.await("the adders", LIMIT, () -> adders.get() == 0);
            assertEquals(accepted.get(), done.get() + left);
            assertTrue(limit.isZero() || left == 0, () -> left + " handed back");
        });
    }

    @Test
    void jobOfAThreadThatCannotBeStartedWaitsForTheNextOne() {
        check(kernel -> {
            WatchedHost host = new WatchedHost(kernel.host());
            AtomicInteger done = new AtomicInteger();
            JobPool<Integer> pool =
                    new JobPool<>(host, new JobOptions(1, 40), "jobs", _ -> done.getAndIncrement(), (_, _) -> {});
            host.refuseThreads(true);
            assertTrue(pool.add(1));
            host.refuseThreads(false);
            assertTrue(pool.add(2));
            kernel.await("both jobs", LIMIT, () -> done.get() == 2);
            close(kernel, pool);
        });
    }

    private static Duration time(TestKernel kernel, Runnable body) {
        long begun = kernel.host().nanoTime();
        body.run();
        return Duration.ofNanos(kernel.host().nanoTime() - begun);
    }

    /// A real machine may be busy with something else.
    private void expectWithin(Duration limit, Duration took) {
        Duration slack = isSimulated() ? Duration.ofMillis(5) : Duration.ofMillis(1500);
        assertTrue(took.compareTo(limit.plus(slack)) <= 0, () -> "took " + took + ", with a limit of " + limit);
    }
}
