package io.github.iocp4j.job;

import java.util.Objects;

/// A piece of work for the job threads of an endpoint: the article's `JobItem`.
///
/// It names its connection by number only, so that a job that waits keeps no connection alive: when it runs, the
/// connection may be gone.
///
/// @param connectionId the number of the connection that it was added for, or [#NO_CONNECTION]
/// @param data what is to be done, in whatever form the user likes
public record Job(long connectionId, Object data) {
    /// Stands for the connection of a job that has none. No connection has this number.
    public static final long NO_CONNECTION = 0;

    /// Refuses `null`.
    public Job {
        Objects.requireNonNull(data, "data");
    }
}
