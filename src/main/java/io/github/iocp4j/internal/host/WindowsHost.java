package io.github.iocp4j.internal.host;

import io.github.iocp4j.internal.win32.CallPool;
import io.github.iocp4j.internal.win32.Kernel32;
import io.github.iocp4j.internal.win32.LinkedKernel32;
import io.github.iocp4j.internal.win32.LinkedNtdll;
import io.github.iocp4j.internal.win32.LinkedWinsock;
import io.github.iocp4j.internal.win32.Winsock;
import java.lang.foreign.Arena;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/// The host that real programs run on: Windows, by the linked calls, and the JDK's threads and clock.
///
/// There is one a process. It is made when first asked for, and says by an exception what the machine lacks.
public final class WindowsHost implements Host {
    private final Kernel32 kernel32 = new LinkedKernel32();
    private final Winsock winsock = new LinkedWinsock();
    private final CallPool calls = new CallPool(Arena.global());

    private WindowsHost() {}

    /// The host of this process.
    ///
    /// @throws UnsupportedOperationException when this is not Windows (naming the system), or native access is
    /// denied (naming the flag that allows it)
    public static Host get() {
        String system = System.getProperty("os.name", "");
        if (!system.startsWith("Windows")) {
            throw new UnsupportedOperationException(
                    "I/O completion ports exist on Windows only; this system is " + system);
        }
        Module module = WindowsHost.class.getModule();
        if (!module.isNativeAccessEnabled()) {
            throw new UnsupportedOperationException("Native access is denied: start Java with --enable-native-access="
                    + (module.isNamed() ? module.getName() : "ALL-UNNAMED"));
        }
        return Holder.HOST;
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
        return new PlatformThread(Thread.ofPlatform().name(name).daemon(false).unstarted(body));
    }

    @Override
    public boolean isWorkstation() {
        return new LinkedNtdll().isWorkstation();
    }

    @Override
    public Signal newSignal() {
        return new LockSignal();
    }

    private static final class Holder {
        static final Host HOST = new WindowsHost();
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
            boolean interrupted = false;
            try {
                long deadline = System.nanoTime() + nanos;
                while (thread.isAlive()) {
                    long left = deadline - System.nanoTime();
                    if (left <= 0) {
                        return false;
                    }
                    try {
                        thread.join(Math.max(1, left / 1_000_000));
                    } catch (InterruptedException e) {
                        interrupted = true;
                    }
                }
                return true;
            } finally {
                if (interrupted) {
                    Thread.currentThread().interrupt();
                }
            }
        }
    }

    private static final class LockSignal implements Signal {
        private final ReentrantLock lock = new ReentrantLock();
        private final Condition changed = lock.newCondition();
        private boolean set;

        @Override
        public boolean await(long nanos) {
            boolean interrupted = false;
            lock.lock();
            try {
                long left = nanos;
                while (!set && left > 0) {
                    try {
                        left = changed.awaitNanos(left);
                    } catch (InterruptedException e) {
                        // The time already waited is forgotten: an interrupt is rare, and a longer wait harms
                        // nobody.
                        interrupted = true;
                    }
                }
                return set;
            } finally {
                lock.unlock();
                if (interrupted) {
                    Thread.currentThread().interrupt();
                }
            }
        }

        @Override
        public void set() {
            lock.lock();
            try {
                set = true;
                changed.signalAll();
            } finally {
                lock.unlock();
            }
        }

        @Override
        public void reset() {
            lock.lock();
            try {
                set = false;
            } finally {
                lock.unlock();
            }
        }

        @Override
        public boolean isSet() {
            lock.lock();
            try {
                return set;
            } finally {
                lock.unlock();
            }
        }
    }
}
