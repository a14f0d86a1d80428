package io.github.iocp4j.testing;

import io.github.iocp4j.internal.host.Host;
import io.github.iocp4j.internal.host.HostThread;
import io.github.iocp4j.internal.host.Signal;
import io.github.iocp4j.internal.win32.CallPool;
import io.github.iocp4j.internal.win32.Kernel32;
import io.github.iocp4j.internal.win32.Winsock;
import java.lang.foreign.Arena;

/// A host whose calls into the kernel are counted.
public final class CountingHost implements Host {
    private final Host host;
    private final KernelCounts counts = new KernelCounts();
    private final Kernel32 kernel32;
    private final Winsock winsock;

    public CountingHost(Host host) {
        this.host = host;
        kernel32 = new CountingKernel32(host.kernel32(), counts);
        winsock = new CountingWinsock(host.winsock(), counts);
    }

    public KernelCounts counts() {
        return counts;
    }

    @Override
    public Kernel32 kernel32() {
        return kernel32;
    }

    @Override
    public Winsock winsock() {
        return winsock;
    }

    @Override
    public CallPool calls() {
        return host.calls();
    }

    @Override
    public long nanoTime() {
        return host.nanoTime();
    }

    @Override
    public Arena newArena() {
        return host.newArena();
    }

    @Override
    public HostThread newThread(String name, Runnable body) {
        return host.newThread(name, body);
    }

    @Override
    public boolean isWorkstation() {
        return host.isWorkstation();
    }

    @Override
    public Signal newSignal() {
        return host.newSignal();
    }
}
