package io.github.iocp4j.port;

import io.github.iocp4j.error.WindowsException;
import io.github.iocp4j.internal.host.Host;

/// The tests' way into a port: on a kernel of their choice.
public final class TestPorts {
    private TestPorts() {}

    public static CompletionPort open(Host host, int concurrency, int operations) throws WindowsException {
        return new CompletionPort(host, concurrency, operations);
    }
}
