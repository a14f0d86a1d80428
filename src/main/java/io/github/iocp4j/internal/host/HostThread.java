package io.github.iocp4j.internal.host;

/// A platform thread of a [Host].
public interface HostThread {
    void start();

    /// Whether the calling thread is this one.
    boolean isCurrent();

    /// Waits until the thread has ended, at most `nanos`.
    ///
    /// @return whether it has ended
    boolean join(long nanos);
}
