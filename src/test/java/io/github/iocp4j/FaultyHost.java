package io.github.iocp4j;

import io.github.iocp4j.internal.host.Host;
import io.github.iocp4j.internal.host.HostThread;
import io.github.iocp4j.internal.host.Signal;
import io.github.iocp4j.internal.win32.Call;
import io.github.iocp4j.internal.win32.CallPool;
import io.github.iocp4j.internal.win32.Kernel32;
import io.github.iocp4j.internal.win32.Win32;
import io.github.iocp4j.internal.win32.Winsock;
import io.github.iocp4j.internal.win32.WinsockExtensions;
import java.lang.foreign.Arena;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;

/// A host on which calls fail when a test says so, and which can give back what an endpoint has kept.
final class FaultyHost implements Host {
    private static final int WAKE_UPS = 64;
    private static final int ENTRY_BYTES = 32;

    private final Host host;
    private final Kernel32 kernel32;
    private final Winsock winsock;
    private final List<Arena> arenas = new CopyOnWriteArrayList<>();
    private final Set<Long> sockets = ConcurrentHashMap.newKeySet();
    private final AtomicInteger threads = new AtomicInteger();
    private final AtomicInteger startups = new AtomicInteger();
    private final Map<String, Refusals> refusals = new ConcurrentHashMap<>();
    private volatile long port;
    private volatile boolean portOpen;

    /// The code that each dequeue fails with once it returns, or 0.
    private volatile int portFailure;

    private record Refusals(int code, AtomicInteger left) {}

    FaultyHost(Host host) {
        this.host = host;
        kernel32 = changed(Kernel32.class, host.kernel32());
        winsock = changed(Winsock.class, host.winsock());
    }

    /// Refuses the next calls of a function.
    void refuse(String function, int code, int times) {
        refusals.put(function, new Refusals(code, new AtomicInteger(times)));
    }

    /// How many of the refusals are still to come.
    int refusalsLeft(String function) {
        Refusals each = refusals.get(function);
        return each == null ? 0 : Math.max(0, each.left.get());
    }

    /// From now on no packet can be taken from the port: those that come are lost.
    void failPort(int code) {
        portFailure = code;
        Call call = calls().acquire();
        for (int i = 0; i < WAKE_UPS; i++) {
            int _ = host.kernel32().PostQueuedCompletionStatus(call, port, 0, 0, 0);
        }
        calls().release(call);
    }

    /// Threads that have not ended.
    int threads() {
        return threads.get();
    }

    int arenasKept() {
        return (int) arenas.stream().filter(FaultyHost::isOpen).count();
    }

    /// Gives back what was kept, once nobody uses it any more: packets, port, sockets, memory, Winsock.
    void bury(Stand stand) {
        stand.await("the end of the threads", () -> threads.get() == 0);
        Call call = calls().acquire();
        if (portOpen) {
            Arena entries = host.newArena();
            long address = entries.allocate(ENTRY_BYTES, ENTRY_BYTES).address();
            int silent = 0;
            while (silent < 5) {
                int taken = host.kernel32().GetQueuedCompletionStatusEx(call, port, address, 1, 50);
                silent = taken < 0 ? silent + 1 : 0;
            }
            entries.close();
            int _ = host.kernel32().CloseHandle(call, port);
        }
        // Those of accepts whose packets were lost.
        for (long socket : sockets) {
            int _ = host.winsock().closesocket(call, socket);
        }
        arenas.stream().filter(FaultyHost::isOpen).forEach(Arena::close);
        while (startups.getAndDecrement() > 0) {
            int _ = host.winsock().WSACleanup(call);
        }
        calls().release(call);
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
        Arena arena = host.newArena();
        arenas.add(arena);
        return arena;
    }

    @Override
    public HostThread newThread(String name, Runnable body) {
        return host.newThread(name, () -> {
            threads.getAndIncrement();
            try {
                body.run();
            } finally {
                threads.getAndDecrement();
            }
        });
    }

    @Override
    public boolean isWorkstation() {
        return host.isWorkstation();
    }

    @Override
    public Signal newSignal() {
        return host.newSignal();
    }

    private static boolean isOpen(Arena arena) {
        return arena.scope().isAlive();
    }

    private <T> T changed(Class<T> type, T real) {
        Object proxy =
                Proxy.newProxyInstance(type.getClassLoader(), new Class<?>[] {type}, (self, method, arguments) -> {
                    Refusals refused = refusals.get(method.getName());
                    if (refused != null && refused.left.getAndDecrement() > 0) {
                        return result(method, -refused.code);
                    }
                    if (portFailure != 0 && method.getName().equals("CloseHandle") && (long) arguments[1] == port) {
                        return result(method, 1);
                    }
                    if (method.getName().equals("closesocket")) {
                        // Before the call: after it the handle may be somebody else's.
                        sockets.remove((long) arguments[1]);
                    }
                    Object result = invoke(method, real, arguments);
                    return after(method, arguments, result);
                });
        return type.cast(proxy);
    }

    private Object after(Method method, Object[] arguments, Object result) {
        switch (method.getName()) {
            case "CreateIoCompletionPort" -> {
                if ((long) arguments[1] == Win32.INVALID_HANDLE_VALUE) {
                    port = (long) result;
                    portOpen = true;
                }
            }
            case "CloseHandle" -> portOpen &= (long) arguments[1] != port;
            case "extensions" -> {
                return changed(WinsockExtensions.class, (WinsockExtensions) result);
            }
            case "WSASocketW" -> sockets.add((long) result);
            case "WSAStartup" -> startups.getAndIncrement();
            case "WSACleanup" -> startups.getAndDecrement();
            case "GetQueuedCompletionStatus", "GetQueuedCompletionStatusEx" -> {
                return portFailure == 0 ? result : result(method, -portFailure);
            }
            default -> {}
        }
        return result;
    }

    private static Object result(Method method, int value) {
        return method.getReturnType() == long.class ? (Object) (long) value : (Object) value;
    }

    private static Object invoke(Method method, Object real, Object[] arguments) throws Throwable {
        try {
            return method.invoke(real, arguments);
        } catch (InvocationTargetException e) {
            throw e.getCause();
        }
    }
}
