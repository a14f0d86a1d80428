package io.github.iocp4j.testing.idle;

import io.github.iocp4j.internal.host.Host;
import io.github.iocp4j.internal.host.HostThread;
import io.github.iocp4j.internal.host.Signal;
import io.github.iocp4j.internal.win32.CallPool;
import io.github.iocp4j.internal.win32.Kernel32;
import io.github.iocp4j.internal.win32.Winsock;
import java.lang.foreign.Arena;
import java.time.Duration;

/// A host with real threads and a kernel that does nothing.
public final class IdleHost implements Host {
    private final IdleKernel kernel;
    private final Kernel32 kernel32;
    private final Winsock winsock;
    private final CallPool calls = new CallPool(Arena.global());

    public IdleHost(IdleKernel kernel) {
        this.kernel = kernel;
        kernel32 = new IdleKernel32(kernel);
        winsock = new IdleWinsock(kernel);
    }

    public IdleKernel kernel() {
        return kernel;
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
        return calls;
    }

    @Override
    public long nanoTime() {
        return System.nanoTime();
    }

    @Override
    @SuppressWarnings("MustBeClosedChecker") // by whoever asked for it
    public Arena newArena() {
        return Arena.ofShared();
    }

    @Override
    public HostThread newThread(String name, Runnable body) {
        return new PlatformThread(Thread.ofPlatform().name(name).daemon(true).unstarted(body));
    }

    @Override
    public boolean isWorkstation() {
        return false;
    }

    @Override
    public Signal newSignal() {
        return new MonitorSignal();
    }

    private record PlatformThread(Thread thread) implements HostThread {
        @Override
        public void start() {
            thread.start();
        }

        @Override
        public boolean isCurrent() {
            return Thread.currentThread() == thread;
        }

        @Override
        public boolean join(long nanos) {
            try {
                return thread.join(Duration.ofNanos(nanos));
            } catch (InterruptedException e) {
                throw new AssertionError(e);
            }
        }
    }

    private static final class MonitorSignal implements Signal {
        private boolean set;

        @Override
        public synchronized boolean await(long nanos) {
            long deadline = System.nanoTime() + Math.min(nanos, Long.MAX_VALUE / 4);
            for (long left = nanos; !set && left > 0; left = deadline - System.nanoTime()) {
                IdleKernel.await(this, left);
            }
            return set;
        }

        @Override
        public synchronized void set() {
            set = true;
            notifyAll();
        }

        @Override
        public synchronized void reset() {
            set = false;
        }

        @Override
        public synchronized boolean isSet() {
            return set;
        }
    }
}
