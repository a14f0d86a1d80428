package io.github.iocp4j;

import io.github.iocp4j.internal.host.Host;
import io.github.iocp4j.job.Job;
import io.github.iocp4j.job.JobCounters;
import io.github.iocp4j.job.JobOptions;
import io.github.iocp4j.job.JobPool;
import java.time.Duration;
import java.util.List;
import java.util.function.LongFunction;
import org.jspecify.annotations.Nullable;

/// The jobs of an endpoint, and what they are to its connections.
///
/// A job has the number of its connection only. While it waits or runs the connection counts it, for a close that
/// waits for jobs; a connection that is gone, or closing, does not care any more.
final class EndpointJobs {
    private static final System.Logger LOG = System.getLogger(IocpEndpoint.class.getName());

    private final EndpointHandler handler;
    private final LongFunction<@Nullable Connection> connections;
    private final JobPool<Job> pool;

    /// @param connections finds the open connection with a number
    EndpointJobs(
            Host host, JobOptions options, EndpointHandler handler, LongFunction<@Nullable Connection> connections) {
        this.handler = handler;
        this.connections = connections;
        pool = new JobPool<>(host, options, "iocp4j-job", this::run, this::failed);
    }

    boolean add(Object data) {
        return pool.add(new Job(Job.NO_CONNECTION, data));
    }

    boolean add(Connection connection, Object data) {
        Job job = new Job(connection.id(), data);
        // First, since the job may be over before it is known that it was added.
        connection.jobBegins();
        boolean added = pool.add(job);
        if (!added) {
            connection.jobEnds();
        }
        return added;
    }

    @Nullable
    Job take() {
        Job job = pool.take();
        if (job != null) {
            over(job);
        }
        return job;
    }

    void workers(int count) {
        pool.workers(count);
    }

    boolean isWorker() {
        return pool.isWorker();
    }

    JobCounters counters() {
        return pool.counters();
    }

    void beginClose(Duration limit) {
        pool.beginClose(limit);
    }

    void awaitClosed() {
        pool.awaitClosed().forEach(this::over);
    }

    boolean awaitThreads(Duration limit) {
        return pool.awaitThreads(limit);
    }

    List<Job> unfinished() {
        return pool.unfinished();
    }

    private void run(Job job) {
        handler.processJob(job);
        over(job);
    }

    private void failed(Job job, Throwable cause) {
        Connection connection = connections.apply(job.connectionId());
        if (connection == null) {
            LOG.log(System.Logger.Level.WARNING, "a job that has no open connection failed", cause);
        } else {
            connection.abort(new CloseReason(CloseReason.Kind.HANDLER_FAILED, cause));
        }
    }

    private void over(Job job) {
        Connection connection = connections.apply(job.connectionId());
        if (connection != null) {
            connection.jobEnds();
        }
    }
}
