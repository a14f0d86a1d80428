package io.github.iocp4j.job;

import io.github.iocp4j.internal.option.Ranges;

/// How many threads run jobs, and how many jobs may wait for them. Immutable, and usable on any system.
///
/// @param workers the number of job threads, 0 to 1024: the article's `nOfWorkers`. With 0, jobs wait
/// @param queueLimit how many jobs may wait, 1 to 1,048,576; one more is refused
public record JobOptions(int workers, int queueLimit) {
    /// One thread, the article's default, and 10,000 jobs.
    public static final JobOptions DEFAULT = new JobOptions(1, 10_000);

    private static final int MOST_WORKERS = 1024;
    private static final int MOST_QUEUED = 1 << 20;

    /// Refuses values out of their ranges.
    ///
    /// @throws IllegalArgumentException that names the option, the value and the range
    public JobOptions {
        Ranges.require("jobWorkers", workers, 0, MOST_WORKERS);
        Ranges.require("jobQueue", queueLimit, 1, MOST_QUEUED);
    }

    /// The same with another number of threads.
    public JobOptions withWorkers(int count) {
        return new JobOptions(count, queueLimit);
    }

    /// The same with another limit of the queue.
    public JobOptions withQueueLimit(int jobs) {
        return new JobOptions(workers, jobs);
    }
}
