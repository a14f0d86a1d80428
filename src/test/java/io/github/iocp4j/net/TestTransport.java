package io.github.iocp4j.net;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.iocp4j.internal.host.Host;
import io.github.iocp4j.port.CompletionPort;
import io.github.iocp4j.port.IoWorkers;
import io.github.iocp4j.port.TestPorts;
import io.github.iocp4j.testing.Peer;
import io.github.iocp4j.testing.PeerListener;
import io.github.iocp4j.testing.TestKernel;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.BooleanSupplier;

/// TCP on a port with workers, and what the contracts of this package make with it. Its end checks that every
/// operation has come home.
final class TestTransport implements AutoCloseable {
    static final Duration LIMIT = Duration.ofSeconds(20);

    private static final int OPERATIONS = 64;
    private static final int WORKERS = 2;
    private static final InetSocketAddress LOOPBACK = new InetSocketAddress(InetAddress.ofLiteral("127.0.0.1"), 0);

    private final TestKernel kernel;
    private final CompletionPort port;
    private final TcpTransport transport;
    private final IoWorkers workers;
    private final Arena arena;
    private final List<TestOperation> operations = new CopyOnWriteArrayList<>();
    private final List<TcpChannel> channels = new CopyOnWriteArrayList<>();
    private final List<TestListener> listeners = new CopyOnWriteArrayList<>();

    TestTransport(TestKernel kernel) throws IOException {
        this(kernel, kernel.host());
    }

    /// @param host that of `kernel`, or one that counts its calls
    TestTransport(TestKernel kernel, Host host) throws IOException {
        this.kernel = kernel;
        port = TestPorts.open(host, 0, OPERATIONS);
        transport = TcpTransport.on(port);
        workers = IoWorkers.start(port, WORKERS, 4, "worker", e -> {
            throw new AssertionError("the port failed", e);
        });
        arena = host.newArena();
    }

    TestKernel kernel() {
        return kernel;
    }

    CompletionPort port() {
        return port;
    }

    TcpTransport transport() {
        return transport;
    }

    Arena arena() {
        return arena;
    }

    TestListener listen() throws IOException {
        return listen(LOOPBACK);
    }

    TestListener listen(InetSocketAddress address) throws IOException {
        return listen(address, false);
    }

    TestListener listen(InetSocketAddress address, boolean dualStack) throws IOException {
        TestListener listener = new TestListener(this);
        listener.open(address, dualStack);
        listeners.add(listener);
        return listener;
    }

    /// An operation with a buffer of its own.
    TestOperation operation(int bytes) {
        TestOperation operation = new TestOperation(this, bytes);
        operations.add(operation);
        return operation;
    }

    /// A channel connected to a peer that listens.
    TcpChannel connect(PeerListener listener) throws IOException {
        TcpChannel channel = channelTo(listener.address());
        TestOperation connect = operation(1);
        connect.submit(channel, each -> channel.connect(each, listener.address()));
        assertEquals(0, connect.await());
        assertEquals(0, channel.finishConnect());
        return channel;
    }

    TcpChannel channelTo(InetSocketAddress remote) throws IOException {
        return opened(transport.newChannel(remote, 1));
    }

    /// A connection of a channel and a peer.
    Pair pair() throws IOException {
        try (TestListener listener = listen()) {
            Peer peer = kernel.connect(listener.address());
            return new Pair(listener.accept().channel(), peer);
        }
    }

    TcpChannel opened(TcpChannel channel) {
        channels.add(channel);
        return channel;
    }

    void await(String what, BooleanSupplier condition) {
        kernel.await(what, LIMIT, condition);
    }

    /// Closes what is open, and checks that everything comes home.
    @Override
    public void close() {
        channels.forEach(TcpChannel::close);
        listeners.forEach(TestListener::close);
        await("the listeners are closed", () -> listeners.stream().allMatch(TestListener::isOver));
        listeners.forEach(each -> assertEquals(List.of(), each.mistakes()));
        operations.forEach(TestOperation::await);
        operations.forEach(TestOperation::release);
        assertTrue(workers.stop(LIMIT), "the workers end");
        assertEquals(0, port.operationsTaken());
        assertEquals(0, port.foreignPackets());
        assertTrue(port.close(LIMIT), "the port closes");
        transport.close();
        arena.close();
    }

    record Pair(TcpChannel channel, Peer peer) {}
}
