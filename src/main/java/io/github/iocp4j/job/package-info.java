/// Job threads: work that computes long or blocks, away from the I/O workers.
///
/// A [io.github.iocp4j.job.JobPool] is a queue with a limit and a number of platform threads that can be changed
/// while it runs, to 0 and back: the article's `AddJob`, `GetJob` and `SetWorkers`. An endpoint has one, whose jobs
/// are [io.github.iocp4j.job.Job]s and end up in `EndpointHandler.processJob`.
///
/// None of the executors of `java.util.concurrent` is behind it. A `ThreadPoolExecutor` can't have 0 workers while
/// it keeps its queue: with a core size of 0 it starts a thread for what is queued all the same, and its maximum
/// must be 1 or more. It stops what runs by interrupts, which here nobody ever gets, and it waits in ways that a
/// test's scheduler can't see.
@NullMarked
package io.github.iocp4j.job;

import org.jspecify.annotations.NullMarked;
