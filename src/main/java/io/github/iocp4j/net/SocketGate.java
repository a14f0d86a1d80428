package io.github.iocp4j.net;

import io.github.iocp4j.internal.host.Host;
import io.github.iocp4j.internal.win32.Call;
import io.github.iocp4j.internal.win32.Win32;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import org.jspecify.annotations.Nullable;

/// A SOCKET, and who may make a call on it.
///
/// One atomic word counts the callers inside, and says when the socket is closing: then nobody new gets in, and
/// the last one out cancels what is pending and closes the socket. So no call is ever made on a handle value that
/// Windows may have given to somebody else. Nobody waits.
final class SocketGate {
    private static final int CLOSING = 1 << 31;
    private static final int ABORTIVE = 1 << 30;
    private static final int INSIDE = ABORTIVE - 1;

    private static final VarHandle WORD;

    static {
        try {
            WORD = MethodHandles.lookup().findVarHandle(SocketGate.class, "word", int.class);
        } catch (ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    private final Host host;
    private final long socket;
    private final @Nullable Runnable closed;

    private volatile int word;

    SocketGate(Host host, long socket) {
        this(host, socket, null);
    }

    /// @param closed runs once the socket has been closed, on the thread that closed it
    SocketGate(Host host, long socket, @Nullable Runnable closed) {
        this.host = host;
        this.socket = socket;
        this.closed = closed;
    }

    /// Goes inside. Who does leaves by [#exit].
    ///
    /// @return `false` when the socket is closing
    boolean enter() {
        while (true) {
            int seen = word;
            if ((seen & CLOSING) != 0) {
                return false;
            }
            if (WORD.compareAndSet(this, seen, seen + 1)) {
                return true;
            }
        }
    }

    void exit() {
        int before = (int) WORD.getAndAdd(this, -1);
        if ((before & CLOSING) != 0 && (before & INSIDE) == 1) {
            closeSocket((before & ABORTIVE) != 0);
        }
    }

    /// The handle, for a caller inside.
    long socket() {
        return socket;
    }

    boolean isClosing() {
        return (word & CLOSING) != 0;
    }

    /// Lets nobody in any more, and closes the socket when the last one is out, which may be now.
    ///
    /// @param abortive whether the peer shall get a reset
    /// @return whether this call began the closing
    boolean close(boolean abortive) {
        int flags = abortive ? CLOSING | ABORTIVE : CLOSING;
        while (true) {
            int seen = word;
            if ((seen & CLOSING) != 0) {
                return false;
            }
            if (WORD.compareAndSet(this, seen, seen | flags)) {
                if (seen == 0) {
                    closeSocket(abortive);
                }
                return true;
            }
        }
    }

    private void closeSocket(boolean abortive) {
        Call call = host.calls().acquire();
        if (abortive) {
            // struct linger { u_short l_onoff = 1; u_short l_linger = 0; }
            call.address().set(ValueLayout.JAVA_INT, 0, 1);
            host.winsock()
                    .setsockopt(
                            call,
                            socket,
                            Win32.SOL_SOCKET,
                            Win32.SO_LINGER,
                            call.address().address(),
                            4);
        }
        // Under Wine a pending send of a socket closed without this is written to the next connection of the same
        // handle value.
        host.kernel32().CancelIoEx(call, socket, 0);
        host.winsock().closesocket(call, socket);
        host.calls().release(call);
        if (closed != null) {
            closed.run();
        }
    }
}
