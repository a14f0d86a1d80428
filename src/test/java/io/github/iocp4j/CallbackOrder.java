package io.github.iocp4j;

import io.github.iocp4j.internal.host.Signal;
import io.github.iocp4j.port.IoWorker;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/// Passes callbacks on to another handler and checks what the contract promises of them: their order, that
/// those of a connection never run at once, and that they run on I/O workers and never inside each other.
final class CallbackOrder implements EndpointHandler {
    private enum State {
        ALLOCATED,
        CONNECTED,
        INPUT_ENDED,
        DISCONNECTED,
        RELEASED
    }

    private static final byte[] NOTHING = {};

    private final EndpointHandler next;
    private final Signal window;
    private final Map<Connection, Life> lives = new ConcurrentHashMap<>();
    private final Queue<Life> ended = new ConcurrentLinkedQueue<>();
    private final Queue<Connection> connections = new ConcurrentLinkedQueue<>();
    private final Queue<IOException> failures = new ConcurrentLinkedQueue<>();
    private final Queue<String> problems = new ConcurrentLinkedQueue<>();
    private final ThreadLocal<@Nullable String> running = new ThreadLocal<>();
    private final AtomicInteger released = new AtomicInteger();
    private final AtomicInteger failedConnects = new AtomicInteger();

    /// An order that checks `next`.
    ///
    /// @param window a signal that is looked at inside each callback: in simulation, where others may go on
    CallbackOrder(EndpointHandler next, Signal window) {
        this.next = next;
        this.window = window;
    }

    @Override
    public void connectionAllocated(Connection connection) {
        if (lives.putIfAbsent(connection, new Life(connection)) != null) {
            problems.add("connectionAllocated twice of " + connection);
        }
        connections.add(connection);
        inside(connection, "connectionAllocated", () -> next.connectionAllocated(connection));
    }

    @Override
    public void connected(Connection connection) {
        move(connection, "connected", State.ALLOCATED, State.CONNECTED);
        inside(connection, "connected", () -> next.connected(connection));
    }

    @Override
    public void frameReceived(Connection connection, Frame frame) {
        move(connection, "frameReceived", State.CONNECTED, State.CONNECTED);
        inside(connection, "frameReceived", () -> next.frameReceived(connection, frame));
    }

    @Override
    public void writable(Connection connection) {
        Life life = life(connection, "writable");
        State state = life.state.get();
        if (state != State.CONNECTED && state != State.INPUT_ENDED) {
            problems.add("writable after " + state + " of " + connection);
        }
        inside(connection, "writable", () -> next.writable(connection));
    }

    @Override
    public void inputEnded(Connection connection) {
        move(connection, "inputEnded", State.CONNECTED, State.INPUT_ENDED);
        inside(connection, "inputEnded", () -> next.inputEnded(connection));
    }

    @Override
    public void disconnected(Connection connection, CloseReason reason) {
        Life life = life(connection, "disconnected");
        State before = life.state.getAndSet(State.DISCONNECTED);
        // A handler that fails in connectionAllocated is not told that it is connected.
        boolean unborn = before == State.ALLOCATED && reason.kind() == CloseReason.Kind.HANDLER_FAILED;
        if (before != State.CONNECTED && before != State.INPUT_ENDED && !unborn) {
            problems.add("disconnected after " + before + " of " + connection);
        }
        life.reason = reason;
        ended.add(life);
        checkClosed(connection, "disconnected");
        inside(connection, "disconnected", () -> next.disconnected(connection, reason));
    }

    @Override
    public void connectionReleased(Connection connection) {
        move(connection, "connectionReleased", State.DISCONNECTED, State.RELEASED);
        checkClosed(connection, "connectionReleased");
        try {
            inside(connection, "connectionReleased", () -> next.connectionReleased(connection));
        } finally {
            released.getAndIncrement();
        }
    }

    @Override
    public void connectFailed(InetSocketAddress address, @Nullable Object attachment, IOException cause) {
        try {
            guarded("connectFailed", () -> next.connectFailed(address, attachment, cause));
        } finally {
            failedConnects.getAndIncrement();
        }
    }

    @Override
    public void endpointFailed(IOException cause) {
        if (!failures.isEmpty()) {
            problems.add("endpointFailed twice");
        }
        failures.add(cause);
        guarded("endpointFailed", () -> next.endpointFailed(cause));
    }

    /// What the endpoint has failed with.
    List<IOException> failures() {
        return new ArrayList<>(failures);
    }

    /// The connections of which the handler has heard, in order.
    List<Connection> connections() {
        return new ArrayList<>(connections);
    }

    int failedConnects() {
        return failedConnects.get();
    }

    /// How many connections are over, `connectionReleased` included.
    int released() {
        return released.get();
    }

    /// Why the connections have ended that have, in order.
    List<CloseReason> reasons() {
        return ended.stream().map(life -> life.reason).toList();
    }

    /// Why a connection has ended.
    CloseReason reason(Connection connection) {
        CloseReason reason = life(connection, "reason").reason;
        if (reason == null) {
            throw new AssertionError("not disconnected: " + connection);
        }
        return reason;
    }

    boolean isReleased(Connection connection) {
        Life life = lives.get(connection);
        return life != null && life.state.get() == State.RELEASED;
    }

    /// Fails when anything was wrong until now.
    void verify() {
        if (!problems.isEmpty()) {
            throw new AssertionError(String.join("\n", problems));
        }
    }

    /// Fails when anything was wrong, or a connection is not over.
    void verifyOver() {
        verify();
        for (Life life : lives.values()) {
            if (life.state.get() != State.RELEASED) {
                throw new AssertionError(life.state + " is the last that was called for " + life.connection);
            }
        }
    }

    private void checkClosed(Connection connection, String callback) {
        if (connection.isOpen() || connection.send(NOTHING) != SendResult.CLOSED) {
            problems.add("open in " + callback + ": " + connection);
        }
    }

    private void move(Connection connection, String callback, State expected, State to) {
        State before = life(connection, callback).state.getAndSet(to);
        if (before != expected) {
            problems.add(callback + " after " + before + " of " + connection);
        }
    }

    private void inside(Connection connection, String callback, Runnable body) {
        Life life = life(connection, callback);
        if (!life.busy.compareAndSet(false, true)) {
            problems.add(callback + " beside another callback of " + connection);
        }
        try {
            guarded(callback, body);
        } finally {
            life.busy.set(false);
        }
    }

    private void guarded(String callback, Runnable body) {
        if (IoWorker.current() == null) {
            problems.add(callback + " on " + Thread.currentThread().getName());
        }
        String outer = running.get();
        if (outer != null) {
            problems.add(callback + " inside " + outer);
        }
        running.set(callback);
        try {
            boolean _ = window.isSet();
            body.run();
            boolean _ = window.isSet();
        } catch (Deliberate e) {
            throw e;
        } catch (RuntimeException | Error e) {
            problems.add(callback + " threw " + e);
            throw e;
        } finally {
            running.remove();
        }
    }

    private Life life(Connection connection, String callback) {
        Life life = lives.get(connection);
        if (life == null) {
            problems.add(callback + " of an unknown " + connection);
            return new Life(connection);
        }
        return life;
    }

    private static final class Life {
        private final Connection connection;
        private final AtomicReference<State> state = new AtomicReference<>(State.ALLOCATED);
        private final AtomicBoolean busy = new AtomicBoolean();
        private volatile @Nullable CloseReason reason;

        private Life(Connection connection) {
            this.connection = connection;
        }
    }
}
