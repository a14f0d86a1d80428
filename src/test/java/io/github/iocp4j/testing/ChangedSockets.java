package io.github.iocp4j.testing;

import io.github.iocp4j.internal.host.Host;
import io.github.iocp4j.internal.win32.Kernel32;
import io.github.iocp4j.internal.win32.Winsock;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import org.jspecify.annotations.Nullable;

/// A host whose calls into the kernel are noted, can be interrupted by something that the test does, and refuse
/// socket options when the test says so.
public final class ChangedSockets {
    private static final int OPTION_ARGUMENT = 3;
    private static final int CONTROL_ARGUMENT = 2;

    private final Map<Integer, Integer> refusals = new ConcurrentHashMap<>();
    private final Map<String, Runnable> interruptions = new ConcurrentHashMap<>();
    private final List<String> calls = new CopyOnWriteArrayList<>();
    private final List<Integer> options = new CopyOnWriteArrayList<>();
    private final Host host;

    public ChangedSockets(Host real) {
        Winsock winsock = proxy(Winsock.class, (method, arguments) -> changed(real.winsock(), method, arguments));
        Kernel32 kernel32 = proxy(Kernel32.class, (method, arguments) -> changed(real.kernel32(), method, arguments));
        host = proxy(Host.class, (method, arguments) -> switch (method.getName()) {
            case "winsock" -> winsock;
            case "kernel32" -> kernel32;
            default -> invoke(real, method, arguments);
        });
    }

    public Host host() {
        return host;
    }

    /// From now on the socket option, or the control code of WSAIoctl, is refused with this code.
    public void refuse(int option, int code) {
        refusals.put(option, code);
    }

    /// The next call of this name first runs `action`, on the same thread.
    public void interrupt(String call, Runnable action) {
        interruptions.put(call, action);
    }

    /// The options and control codes that were asked for, in order.
    public List<Integer> options() {
        return List.copyOf(options);
    }

    /// The names of the calls of Winsock and kernel32, in order, without those that wait for packets.
    public List<String> calls() {
        return List.copyOf(calls);
    }

    private @Nullable Object changed(Object dll, Method method, Object @Nullable [] arguments) throws Throwable {
        String name = method.getName();
        Runnable action = interruptions.remove(name);
        if (action != null) {
            action.run();
        }
        if (!name.startsWith("GetQueued")) {
            calls.add(name);
        }
        int place = switch (name) {
            case "setsockopt" -> OPTION_ARGUMENT;
            case "WSAIoctl" -> CONTROL_ARGUMENT;
            default -> 0;
        };
        if (place == 0 || arguments == null) {
            return invoke(dll, method, arguments);
        }
        int option = (int) arguments[place];
        options.add(option);
        Integer code = refusals.get(option);
        return code == null ? invoke(dll, method, arguments) : (Object) (-code);
    }

    private static @Nullable Object invoke(Object target, Method method, Object @Nullable [] arguments)
            throws Throwable {
        try {
            return method.invoke(target, arguments);
        } catch (InvocationTargetException e) {
            throw e.getCause();
        }
    }

    private interface Handler {
        @Nullable
        Object invoke(Method method, Object @Nullable [] arguments) throws Throwable;
    }

    private static <T> T proxy(Class<T> type, Handler handler) {
        Object proxy = Proxy.newProxyInstance(
                type.getClassLoader(),
                new Class<?>[] {type},
                (_, method, arguments) -> handler.invoke(method, arguments));
        return type.cast(proxy);
    }
}
