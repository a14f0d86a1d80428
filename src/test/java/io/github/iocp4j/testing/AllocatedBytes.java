package io.github.iocp4j.testing;

import com.sun.management.ThreadMXBean;
import java.lang.management.ManagementFactory;
import java.util.Arrays;
import java.util.List;

/// What threads have allocated on the Java heap since a moment, as the JVM counts it: to the byte, and whether
/// it was collected or not.
public final class AllocatedBytes {
    private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();

    private final long[] ids;
    private final long[] before;

    private AllocatedBytes(long[] ids) {
        this.ids = ids;
        before = new long[ids.length];
    }

    /// From now on, of the live threads whose names begin with `prefix`.
    public static AllocatedBytes ofThreads(String prefix) {
        AllocatedBytes bytes = new AllocatedBytes(liveThreads().stream()
                .filter(thread -> thread.getName().startsWith(prefix))
                .mapToLong(Thread::threadId)
                .sorted()
                .toArray());
        System.arraycopy(bytes.now(), 0, bytes.before, 0, bytes.before.length);
        return bytes;
    }

    /// From now on, of the calling thread. The call itself counts for nothing.
    public static AllocatedBytes ofCurrentThread() {
        AllocatedBytes bytes =
                new AllocatedBytes(new long[] {Thread.currentThread().threadId()});
        bytes.before[0] = THREADS.getCurrentThreadAllocatedBytes();
        return bytes;
    }

    /// How many threads it is about.
    public int threads() {
        return ids.length;
    }

    /// What they have allocated since, all together.
    public long sinceThen() {
        long[] now = ids[0] == Thread.currentThread().threadId()
                ? new long[] {THREADS.getCurrentThreadAllocatedBytes()}
                : now();
        return Arrays.stream(now).sum() - Arrays.stream(before).sum();
    }

    private long[] now() {
        return THREADS.getThreadAllocatedBytes(ids);
    }

    private static List<Thread> liveThreads() {
        return List.copyOf(Thread.getAllStackTraces().keySet());
    }
}
