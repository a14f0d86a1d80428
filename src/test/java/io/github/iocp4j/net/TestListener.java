package io.github.iocp4j.net;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.Objects;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/// A listener whose connections wait for the test to take them.
final class TestListener implements AcceptHandler, AutoCloseable {
    private static final int BACKLOG = 100;
    private static final int PENDING_ACCEPTS = 2;

    /// What a listener gave to its handler.
    record Accepted(TcpChannel channel, InetSocketAddress local, InetSocketAddress remote) {}

    private final TestTransport transport;
    private final Queue<Accepted> accepted = new ConcurrentLinkedQueue<>();
    private final List<Integer> failures = new CopyOnWriteArrayList<>();
    private final List<String> mistakes = new CopyOnWriteArrayList<>();
    private final AtomicInteger closed = new AtomicInteger();
    private @Nullable TcpListener listener;

    TestListener(TestTransport transport) {
        this.transport = transport;
    }

    void open(InetSocketAddress address, boolean dualStack) throws IOException {
        listener = transport.transport().listen(address, new ListenOptions(BACKLOG, PENDING_ACCEPTS, dualStack), this);
    }

    InetSocketAddress address() {
        return Objects.requireNonNull(listener).localAddress();
    }

    /// Waits for the next connection.
    Accepted accept() {
        transport.await("a connection is accepted", () -> !accepted.isEmpty());
        Accepted next = Objects.requireNonNull(accepted.poll());
        transport.opened(next.channel());
        return next;
    }

    boolean isWaiting() {
        return !accepted.isEmpty();
    }

    /// How many times it was told that the listener is closed.
    int ends() {
        return closed.get();
    }

    /// What was called when it should not have been.
    List<String> mistakes() {
        return mistakes;
    }

    List<Integer> failures() {
        return failures;
    }

    boolean isOver() {
        return closed.get() > 0;
    }

    @Override
    public void accepted(TcpChannel channel, InetSocketAddress local, InetSocketAddress remote) {
        noteMistake("accepted");
        try {
            channel.associate(1);
        } catch (IOException e) {
            mistakes.add("associate: " + e.getMessage());
        }
        accepted.add(new Accepted(channel, local, remote));
    }

    @Override
    public void acceptFailed(int code) {
        noteMistake("acceptFailed");
        failures.add(code);
    }

    @Override
    public void listenerClosed() {
        noteMistake("listenerClosed");
        closed.incrementAndGet();
    }

    private void noteMistake(String call) {
        if (closed.get() > 0) {
            mistakes.add(call + " after listenerClosed");
        }
    }

    /// Closes it, and whatever it has accepted for nobody.
    @Override
    public void close() {
        Objects.requireNonNull(listener).close();
        transport.await("the listener is closed", this::isOver);
        for (Accepted each = accepted.poll(); each != null; each = accepted.poll()) {
            each.channel().close();
        }
    }
}
