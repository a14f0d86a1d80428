package io.github.iocp4j.net;

import io.github.iocp4j.internal.host.Host;
import io.github.iocp4j.internal.win32.Winsock;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/// A host whose sockets refuse options when a test says so, and which notes the options that were asked for.
final class ChangedSockets {
    private static final int OPTION_ARGUMENT = 3;
    private static final int CONTROL_ARGUMENT = 2;

    private final Map<Integer, Integer> refusals = new ConcurrentHashMap<>();
    private final List<Integer> asked = new ArrayList<>();
    private final Host host;

    ChangedSockets(Host real) {
        Winsock winsock = proxy(Winsock.class, (method, arguments) -> changed(real.winsock(), method, arguments));
        host = proxy(
                Host.class,
                (method, arguments) -> method.getName().equals("winsock") ? winsock : invoke(real, method, arguments));
    }

    Host host() {
        return host;
    }

    /// From now on the socket option, or the control code, is refused with this code.
    void refuse(int option, int code) {
        refusals.put(option, code);
    }

    /// The options and control codes that were asked for, in order.
    synchronized List<Integer> asked() {
        return List.copyOf(asked);
    }

    private @Nullable Object changed(Winsock winsock, Method method, Object[] arguments) throws Throwable {
        int place = switch (method.getName()) {
            case "setsockopt" -> OPTION_ARGUMENT;
            case "WSAIoctl" -> CONTROL_ARGUMENT;
            default -> 0;
        };
        if (place == 0) {
            return invoke(winsock, method, arguments);
        }
        int option = (int) arguments[place];
        synchronized (this) {
            asked.add(option);
        }
        Integer code = refusals.get(option);
        return code == null ? invoke(winsock, method, arguments) : (Object) (-code);
    }

    private static @Nullable Object invoke(Object target, Method method, Object[] arguments) throws Throwable {
        try {
            return method.invoke(target, arguments);
        } catch (InvocationTargetException e) {
            throw e.getCause();
        }
    }

    private interface Handler {
        @Nullable
        Object invoke(Method method, Object[] arguments) throws Throwable;
    }

    private static <T> T proxy(Class<T> type, Handler handler) {
        Object proxy = Proxy.newProxyInstance(
                type.getClassLoader(),
                new Class<?>[] {type},
                (_, method, arguments) -> handler.invoke(method, arguments));
        return type.cast(proxy);
    }
}
