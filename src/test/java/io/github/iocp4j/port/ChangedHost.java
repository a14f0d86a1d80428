package io.github.iocp4j.port;

import io.github.iocp4j.internal.host.Host;
import io.github.iocp4j.internal.host.HostThread;
import io.github.iocp4j.internal.host.Signal;
import io.github.iocp4j.internal.win32.Call;
import io.github.iocp4j.internal.win32.CallPool;
import io.github.iocp4j.internal.win32.Kernel32;
import io.github.iocp4j.internal.win32.Winsock;
import java.lang.foreign.Arena;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/// A host on which the calls of a port fail when a test says so, and which can free what a port has kept.
final class ChangedHost implements Host {
    private final Host host;
    private final Kernel32 kernel32;
    private final List<Arena> arenas = new CopyOnWriteArrayList<>();

    /// The code that refuses each post, or 0.
    private volatile int postRefusal;

    /// The code that each dequeue fails with once it returns, or 0.
    private volatile int dequeueFailure;

    ChangedHost(Host host) {
        this.host = host;
        kernel32 = new ChangedKernel32(host.kernel32());
    }

    void refusePosts(int code) {
        postRefusal = code;
    }

    void failDequeues(int code) {
        dequeueFailure = code;
    }

    /// How many arenas have not been closed.
    int arenasKept() {
        return (int) arenas.stream().filter(arena -> arena.scope().isAlive()).count();
    }

    void freeArenas() {
        arenas.stream().filter(arena -> arena.scope().isAlive()).forEach(Arena::close);
    }

    @Override
    public Kernel32 kernel32() {
        return kernel32;
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
        Arena arena = host.newArena();
        arenas.add(arena);
        return arena;
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

    private final class ChangedKernel32 implements Kernel32 {
        private final Kernel32 real;

        ChangedKernel32(Kernel32 real) {
            this.real = real;
        }

        @Override
        public long CreateIoCompletionPort(
                Call call,
                long fileHandle,
                long existingCompletionPort,
                long completionKey,
                int numberOfConcurrentThreads) {
            return real.CreateIoCompletionPort(
                    call, fileHandle, existingCompletionPort, completionKey, numberOfConcurrentThreads);
        }

        @Override
        public int GetQueuedCompletionStatus(Call call, long completionPort, long entry, int milliseconds) {
            return changed(real.GetQueuedCompletionStatus(call, completionPort, entry, milliseconds));
        }

        @Override
        public int GetQueuedCompletionStatusEx(
                Call call, long completionPort, long entries, int count, int milliseconds) {
            return changed(real.GetQueuedCompletionStatusEx(call, completionPort, entries, count, milliseconds));
        }

        @Override
        public int PostQueuedCompletionStatus(
                Call call, long completionPort, int numberOfBytesTransferred, long completionKey, long overlapped) {
            return postRefusal == 0
                    ? real.PostQueuedCompletionStatus(
                            call, completionPort, numberOfBytesTransferred, completionKey, overlapped)
                    : -postRefusal;
        }

        @Override
        public int CloseHandle(Call call, long handle) {
            return real.CloseHandle(call, handle);
        }

        @Override
        public int CancelIoEx(Call call, long handle, long overlapped) {
            return real.CancelIoEx(call, handle, overlapped);
        }

        @Override
        public int SetFileCompletionNotificationModes(Call call, long handle, int flags) {
            return real.SetFileCompletionNotificationModes(call, handle, flags);
        }

        @Override
        public long CreateFileW(
                Call call, long fileName, int desiredAccess, int shareMode, int creationDisposition, int flags) {
            return real.CreateFileW(call, fileName, desiredAccess, shareMode, creationDisposition, flags);
        }

        @Override
        public int GetFileType(Call call, long file) {
            return real.GetFileType(call, file);
        }

        @Override
        public long GetFileSizeEx(Call call, long file) {
            return real.GetFileSizeEx(call, file);
        }

        @Override
        public int ReadFile(Call call, long file, long offset, long buffer, int length) {
            return real.ReadFile(call, file, offset, buffer, length);
        }

        @Override
        public int WriteFile(Call call, long file, long offset, long buffer, int length) {
            return real.WriteFile(call, file, offset, buffer, length);
        }

        @Override
        public int MoveFileExW(Call call, long existingFileName, long newFileName, int flags) {
            return real.MoveFileExW(call, existingFileName, newFileName, flags);
        }

        @Override
        public int DeleteFileW(Call call, long fileName) {
            return real.DeleteFileW(call, fileName);
        }

        @Override
        public String FormatMessageW(int code) {
            return real.FormatMessageW(code);
        }

        private int changed(int result) {
            return dequeueFailure == 0 ? result : -dequeueFailure;
        }
    }
}
