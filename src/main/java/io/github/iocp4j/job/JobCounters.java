package io.github.iocp4j.job;

/// What a [JobPool] has counted, at one moment. What was added and is in none of the other counts was taken, or
/// handed back by the close.
///
/// @param added jobs that were added
/// @param refused jobs that were not added, because the queue was full or the pool closing
/// @param done jobs that have ended as they should
/// @param failed jobs that have thrown
/// @param queued jobs that wait now
/// @param running jobs that run now
/// @param workers how many threads there are to be now; fewer are started when fewer were needed
public record JobCounters(long added, long refused, long done, long failed, int queued, int running, int workers) {
    /// Whether nobody has ever tried to add a job.
    public boolean isNone() {
        return added == 0 && refused == 0;
    }
}
