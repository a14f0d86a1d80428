package io.github.iocp4j.job;

import io.github.iocp4j.internal.host.Host;
import io.github.iocp4j.internal.host.HostThread;
import io.github.iocp4j.internal.host.Signal;
import io.github.iocp4j.internal.win32.CallPool;
import io.github.iocp4j.internal.win32.Kernel32;
import io.github.iocp4j.internal.win32.Winsock;
import java.lang.foreign.Arena;
import java.util.concurrent.atomic.AtomicInteger;

/// A host that counts what a pool does with its signals, and starts no thread when a test says so.
final class WatchedHost implements Host {
    private final Host host;
    private final AtomicInteger signalCalls = new AtomicInteger();
    private volatile boolean refusing;

    WatchedHost(Host host) {
        this.host = host;
    }

    /// How often a signal was set or waited for.
    int signalCalls() {
        return signalCalls.get();
    }

    void refuseThreads(boolean refuse) {
        refusing = refuse;
    }

    @Override
    public Kernel32 kernel32() {
        return host.kernel32();
    }

    @Override
    public Winsock winsock() {
        return host.winsock();
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
        HostThread thread = host.newThread(name, body);
        return new HostThread() {
            @Override
            public void start() {
                if (refusing) {
                    throw new OutOfMemoryError("unable to create native thread, says the test");
                }
                thread.start();
            }

            @Override
            public boolean isCurrent() {
                return thread.isCurrent();
            }

            @Override
            public boolean join(long nanos) {
                return thread.join(nanos);
            }
        };
    }

    @Override
    public boolean isWorkstation() {
        return host.isWorkstation();
    }

    @Override
    public Signal newSignal() {
        Signal signal = host.newSignal();
        return new Signal() {
            @Override
            public boolean await(long nanos) {
                signalCalls.getAndIncrement();
                return signal.await(nanos);
            }

            @Override
            public void set() {
                signalCalls.getAndIncrement();
                signal.set();
            }

            @Override
            public void reset() {
                signal.reset();
            }

            @Override
            public boolean isSet() {
                return signal.isSet();
            }
        };
    }
}
