package io.github.iocp4j.job;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.iocp4j.contract.KernelContract;
import io.github.iocp4j.internal.host.Signal;
import io.github.iocp4j.testing.TestKernel;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicIntegerArray;
import java.util.function.Consumer;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

abstract class JobPoolContract extends KernelContract {
    private static final int MANY = 40;

    JobPoolContract(boolean simulated) {
        super(simulated);
    }

    @Test
    void oneWorkerRunsJobsInTheirOrder() {
        check(kernel -> {
            Queue<Integer> run = new ConcurrentLinkedQueue<>();
            JobPool<Integer> pool = pool(kernel, 1, MANY, run::add);
            addAll(pool, MANY);
            assertEquals(List.of(), pool.close(LIMIT));
            assertEquals(numbers(0, MANY), List.copyOf(run));
            expectCounts(pool, MANY, 0, MANY, 0);
            expectNoThreads(kernel, pool);
        });
    }

    /// Between what a worker sees (no job) and what it then does (sleep), somebody adds one: the worker must wake
    /// up all the same. Here each job is added when the one before is done, so that the worker is always on its way
    /// to sleep.
    @Test
    void defect9JobThatIsAddedWhileAWorkerGoesToSleepIsRun() {
        check(kernel -> {
            int jobs = isSimulated() ? 60 : 20_000;
            for (int workers = 1; workers <= 3; workers++) {
                Signal done = kernel.host().newSignal();
                JobPool<Integer> pool = pool(kernel, workers, 1, _ -> done.set());
                for (int i = 0; i < jobs; i++) {
                    int number = i;
                    assertTrue(pool.add(i));
                    assertTrue(
                            done.await(LIMIT.toNanos()),
                            () -> "a worker went to sleep beside job " + number + ": " + pool.counters());
                    done.reset();
                }
                close(kernel, pool);
            }
        });
    }

    /// With several workers one that wakes up must not take away what wakes another one.
    @Test
    void eachJobWakesAWorkerOfItsOwn() {
        check(kernel -> {
            int workers = 3;
            AtomicInteger inside = new AtomicInteger();
            Signal leave = kernel.host().newSignal();
            JobPool<Integer> pool = pool(kernel, workers, MANY, _ -> {
                inside.getAndIncrement();
                boolean _ = leave.await(LIMIT.toNanos());
                inside.getAndDecrement();
            });
            for (int round = 0; round < 4; round++) {
                leave.reset();
                addAll(pool, workers);
                kernel.await("all workers have a job", LIMIT, () -> inside.get() == workers);
                leave.set();
                kernel.await("all are done", LIMIT, () -> pool.counters().running() == 0);
            }
            close(kernel, pool);
        });
    }

    @Test
    void everyJobIsRunOnceWhileTheNumberOfWorkersChanges() {
        check(kernel -> {
            int jobs = isSimulated() ? 90 : 3_000;
            int adders = 3;
            AtomicIntegerArray times = new AtomicIntegerArray(jobs * adders);
            AtomicInteger done = new AtomicInteger();
            Signal window = kernel.host().newSignal();
            JobPool<Integer> pool = pool(kernel, 0, jobs * adders, job -> {
                boolean _ = window.isSet();
                times.getAndIncrement(job);
                done.getAndIncrement();
            });
            for (int adder = 0; adder < adders; adder++) {
                int first = adder * jobs;
                kernel.fork("adder-" + adder, () -> {
                    for (int i = first; i < first + jobs; i++) {
                        assertTrue(pool.add(i));
                        boolean _ = window.isSet();
                    }
                });
            }
            Random random = new Random(kernel.random().nextLong());
            kernel.fork("changer", () -> {
                for (int i = 0; i < 30; i++) {
                    pool.workers(random.nextInt(5));
                    kernel.pause(Duration.ofNanos(random.nextInt(200_000)));
                }
                pool.workers(2);
            });
            kernel.await("all jobs are done", LIMIT, () -> done.get() == jobs * adders);
            for (int i = 0; i < times.length(); i++) {
                assertEquals(1, times.get(i), "how often job " + i + " was run");
            }
            close(kernel, pool);
            expectCounts(pool, (long) jobs * adders, 0, (long) jobs * adders, 0);
        });
    }

    @Test
    void jobsWaitWhileThereAreNoWorkers() {
        check(kernel -> {
            AtomicInteger done = new AtomicInteger();
            JobPool<Integer> pool = pool(kernel, 0, MANY, _ -> done.getAndIncrement());
            addAll(pool, 5);
            kernel.pause(Duration.ofMillis(5));
            assertEquals(0, done.get());
            pool.workers(3);
            kernel.await("5 jobs", LIMIT, () -> done.get() == 5);
            pool.workers(0);
            expectNoThreads(kernel, pool);
            addAll(pool, 4);
            kernel.pause(Duration.ofMillis(5));
            assertEquals(5, done.get());
            assertEquals(4, pool.counters().queued());
            pool.workers(1);
            kernel.await("9 jobs", LIMIT, () -> done.get() == 9);
            close(kernel, pool);
        });
    }

    @Test
    void workerThatIsOneTooManyEndsAfterItsJob() {
        check(kernel -> {
            Held held = new Held(kernel);
            JobPool<Integer> pool = pool(kernel, 2, MANY, held);
            addAll(pool, 4);
            kernel.await("2 jobs inside", LIMIT, () -> held.inside.get() == 2);
            pool.workers(0);
            assertFalse(pool.awaitThreads(Duration.ofMillis(1)));
            assertEquals(2, pool.counters().running());
            held.leave.set();
            expectNoThreads(kernel, pool);
            assertEquals(List.of(0, 1), held.sorted());
            assertEquals(numbers(2, 4), pool.close(Duration.ZERO));
        });
    }

    @Test
    void addAnswersFalseWhenTheQueueIsFull() {
        check(kernel -> {
            JobPool<Integer> pool = pool(kernel, 0, 3, _ -> {});
            addAll(pool, 3);
            assertFalse(pool.add(3));
            assertEquals(0, pool.take());
            assertTrue(pool.add(4));
            assertFalse(pool.add(5));
            pool.workers(1);
            kernel.await("room", LIMIT, () -> pool.counters().done() == 3);
            assertTrue(pool.add(6));
            close(kernel, pool);
            assertFalse(pool.add(7));
            expectCounts(pool, 5, 3, 4, 0);
        });
    }

    @Test
    void takeRemovesTheJobThatHasWaitedLongest() {
        check(kernel -> {
            JobPool<Integer> pool = pool(kernel, 0, MANY, _ -> {});
            assertNull(pool.take());
            addAll(pool, 3);
            assertEquals(0, pool.take());
            assertEquals(1, pool.take());
            pool.workers(1);
            close(kernel, pool);
            assertNull(pool.take());
            expectCounts(pool, 3, 0, 1, 0);
        });
    }

    @Test
    void takersAndWorkersShareTheJobs() {
        check(kernel -> {
            Set<Integer> seen = ConcurrentHashMap.newKeySet();
            Consumer<Integer> note = job -> assertTrue(seen.add(job), () -> job + " twice");
            AtomicInteger failures = new AtomicInteger();
            JobPool<Integer> pool = new JobPool<>(
                    kernel.host(), new JobOptions(2, MANY), "jobs", note, (job, cause) -> failures.getAndIncrement());
            kernel.fork("taker", () -> {
                for (int i = 0; i < MANY; i++) {
                    Integer job = pool.take();
                    if (job != null) {
                        note.accept(job);
                    }
                    kernel.pause(Duration.ofNanos(1_000));
                }
            });
            addAll(pool, MANY);
            kernel.await("all jobs", LIMIT, () -> seen.size() == MANY);
            close(kernel, pool);
            assertEquals(0, failures.get());
        });
    }

    @Test
    void jobThatThrowsIsReportedAndTheWorkerLivesOn() {
        check(kernel -> {
            Queue<String> told = new ConcurrentLinkedQueue<>();
            JobPool<Integer> pool = new JobPool<>(
                    kernel.host(),
                    new JobOptions(1, MANY),
                    "jobs",
                    job -> {
                        if (job % 2 == 0) {
                            throw new Deliberate("job " + job);
                        }
                        told.add("done " + job);
                    },
                    (job, cause) -> told.add(cause.getMessage()));
            addAll(pool, 4);
            close(kernel, pool);
            assertEquals(List.of("job 0", "done 1", "job 2", "done 3"), List.copyOf(told));
            expectCounts(pool, 4, 0, 2, 2);
        });
    }

    @Test
    void threadsAreNamedByNumberAndNoneIsADaemon() {
        check(kernel -> {
            Set<String> names = ConcurrentHashMap.newKeySet();
            AtomicInteger inside = new AtomicInteger();
            Signal leave = kernel.host().newSignal();
            JobPool<Integer> pool = pool(kernel, 3, MANY, _ -> {
                names.add(Thread.currentThread().getName());
                assertTrue(isSimulated() || !Thread.currentThread().isDaemon());
                inside.getAndIncrement();
                boolean _ = leave.await(LIMIT.toNanos());
            });
            assertFalse(pool.isWorker());
            addAll(pool, 3);
            kernel.await("3 jobs", LIMIT, () -> inside.get() == 3);
            assertEquals(Set.of("jobs-0", "jobs-1", "jobs-2"), names);
            leave.set();
            close(kernel, pool);
        });
    }

    @Test
    void poolWithoutJobsHasNoThreads() {
        check(kernel -> {
            JobPool<Integer> pool = pool(kernel, 64, MANY, _ -> {});
            pool.workers(1024);
            assertTrue(pool.awaitThreads(Duration.ZERO));
            assertEquals(List.of(), pool.close(LIMIT));
        });
    }

    @Test
    void numberOfWorkersHasARange() {
        check(kernel -> {
            JobPool<Integer> pool = pool(kernel, 2, MANY, _ -> {});
            for (int count : new int[] {-1, 1025}) {
                String message = assertThrows(IllegalArgumentException.class, () -> pool.workers(count))
                        .getMessage();
                assertEquals("jobWorkers=" + count + ": must be 0 to 1024", message);
            }
            assertEquals(2, pool.counters().workers());
            close(kernel, pool);
        });
    }

    static JobPool<Integer> pool(TestKernel kernel, int workers, int limit, Consumer<? super Integer> body) {
        return new JobPool<>(kernel.host(), new JobOptions(workers, limit), "jobs", body, (job, cause) -> {
            kernel.fork("failed job", () -> {
                throw new AssertionError("job " + job + " failed", cause);
            });
        });
    }

    static void addAll(JobPool<Integer> pool, int count) {
        for (int i = 0; i < count; i++) {
            assertTrue(pool.add(i));
        }
    }

    static List<Integer> numbers(int from, int to) {
        return IntStream.range(from, to).boxed().toList();
    }

    static void close(TestKernel kernel, JobPool<Integer> pool) {
        assertEquals(List.of(), pool.close(LIMIT));
        expectNoThreads(kernel, pool);
    }

    static void expectNoThreads(TestKernel kernel, JobPool<Integer> pool) {
        assertTrue(pool.awaitThreads(LIMIT), "threads have not ended");
    }

    static void expectCounts(JobPool<Integer> pool, long added, long refused, long done, long failed) {
        JobCounters counters = pool.counters();
        assertEquals(new JobCounters(added, refused, done, failed, 0, 0, counters.workers()), counters);
    }

    /// A body that holds each job until it is told.
    static final class Held implements Consumer<Integer> {
        final AtomicInteger inside = new AtomicInteger();
        final Signal leave;
        private final Queue<Integer> run = new ConcurrentLinkedQueue<>();

        Held(TestKernel kernel) {
            leave = kernel.host().newSignal();
        }

        @Override
        public void accept(Integer job) {
            run.add(job);
            inside.getAndIncrement();
            boolean _ = leave.await(LIMIT.toNanos());
            inside.getAndDecrement();
        }

        List<Integer> sorted() {
            List<Integer> all = new ArrayList<>(run);
            all.sort(null);
            return all;
        }
    }

    private static final class Deliberate extends RuntimeException {
        private static final long serialVersionUID = 1;

        Deliberate(String message) {
            super(message, null, false, false);
        }
    }
}
