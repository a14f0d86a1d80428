package io.github.iocp4j.net;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.io.UncheckedIOException;
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
    private final AtomicInteger closed = new AtomicInteger();
    private @Nullable TcpListener listener;

    TestListener(TestTransport transport) {
        this.transport = transport;
    }

    void open(InetSocketAddress address) throws IOException {
        open(address, false);
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

    List<Integer> failures() {
        return failures;
    }

    boolean isOver() {
        return closed.get() > 0;
    }

    @Override
    public void accepted(TcpChannel channel, InetSocketAddress local, InetSocketAddress remote) {
        try {
            channel.associate(1);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        accepted.add(new Accepted(channel, local, remote));
    }

    @Override
    public void acceptFailed(int code) {
        failures.add(code);
    }

    @Override
    public void listenerClosed() {
        assertEquals(1, closed.incrementAndGet());
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
