package io.github.iocp4j.internal.host;

import io.github.iocp4j.internal.win32.CallPool;
import io.github.iocp4j.internal.win32.Kernel32;
import io.github.iocp4j.internal.win32.Winsock;
import java.lang.foreign.Arena;

/// Everything this library needs from the machine it runs on: the kernel, time, threads, waiting and native
/// memory.
///
/// There are two: [WindowsHost], and the simulated one of the tests, which runs one thread at a time, in an order
/// that a seed gives, on a clock that it turns itself. That works only because nobody else in this library starts
/// a thread, waits, or asks for the time; a test of the architecture holds that.
public interface Host {
    Kernel32 kernel32();

    Winsock winsock();

    /// The calls that threads of this host borrow.
    CallPool calls();

    /// Nanoseconds from an arbitrary origin, as [System#nanoTime].
    long nanoTime();

    /// A new arena that any thread may use and close. Its memory is zeroed.
    Arena newArena();

    /// A thread that is started by [HostThread#start] and is no daemon.
    HostThread newThread(String name, Runnable body);

    /// Whether this is a client edition of Windows, where some calls are limited that servers make freely.
    boolean isWorkstation();

    /// A new signal, not set.
    Signal newSignal();
}
