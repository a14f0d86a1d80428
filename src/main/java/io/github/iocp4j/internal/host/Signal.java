package io.github.iocp4j.internal.host;

/// Something that threads wait for: set or not set, a manual-reset event in the words of Windows. An interrupt
/// does not end a wait; it is kept for the caller.
public interface Signal {
    long FOREVER = Long.MAX_VALUE;

    /// Waits until the signal is set, at most `nanos` nanoseconds ([#FOREVER]: without limit).
    ///
    /// @return whether it is set
    boolean await(long nanos);

    void set();

    void reset();

    boolean isSet();
}
