package io.github.iocp4j.testing;

import io.github.iocp4j.internal.host.Host;
import io.github.iocp4j.internal.host.WindowsHost;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.time.Duration;
import java.util.List;
import java.util.Queue;
import java.util.Random;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/// The machine itself: its Winsock, plain threads, and peers of java.net on the loopback interface.
public final class WindowsTestKernel implements TestKernel {
    private static final Duration FORK_LIMIT = Duration.ofSeconds(60);
    private static final long POLL_MILLIS = 2;
    private static final int SMALL_BUFFER_BYTES = 4 << 10;
    private static final int LARGE_BUFFER_BYTES = 256 << 10;

    private final Host host = WindowsHost.get();
    private final Random random;
    private final List<Thread> forks = new CopyOnWriteArrayList<>();
    private final List<AutoCloseable> sockets = new CopyOnWriteArrayList<>();
    private @Nullable FolderFiles files;
    private final Queue<Throwable> failures = new ConcurrentLinkedQueue<>();

    public WindowsTestKernel(long seed) {
        random = new Random(seed);
    }

    @Override
    public Host host() {
        return host;
    }

    @Override
    public synchronized TestFiles files() {
        FolderFiles folder = files;
        if (folder == null) {
            folder = new FolderFiles(host);
            files = folder;
        }
        return folder;
    }

    @Override
    public void run(ThrowingRunnable test) {
        runNoting(test);
        long deadline = System.nanoTime() + FORK_LIMIT.toNanos();
        for (Thread fork : forks) {
            // A peer that waits for a connection that failed would wait for ever.
            if (!failures.isEmpty()) {
                sockets.forEach(WindowsTestKernel::closeQuietly);
            }
            if (!endsUntil(fork, deadline)) {
                failures.add(
                        new AssertionError("no end of " + fork.getName() + " within " + FORK_LIMIT + stackOf(fork)));
            }
        }
        sockets.forEach(WindowsTestKernel::closeQuietly);
        closeFiles();
        Throwable first = failures.poll();
        if (first != null) {
            AssertionError error = new AssertionError(first.toString(), first);
            failures.forEach(error::addSuppressed);
            throw error;
        }
    }

    @Override
    public void fork(String name, ThrowingRunnable body) {
        forks.add(Thread.ofPlatform().name(name).daemon(true).start(() -> runNoting(body)));
    }

    @Override
    public Peer connect(InetSocketAddress address) throws IOException {
        return connect(new Socket(), address);
    }

    @Override
    public Peer connectFrom(InetAddress from, InetSocketAddress address) throws IOException {
        Socket socket = new Socket();
        socket.bind(new InetSocketAddress(from, 0));
        return connect(socket, address);
    }

    @Override
    public Peer connectWithSmallBuffer(InetSocketAddress address) throws IOException {
        Socket socket = new Socket();
        socket.setReceiveBufferSize(SMALL_BUFFER_BYTES);
        // What it sends shall not have to wait for the other side.
        socket.setSendBufferSize(LARGE_BUFFER_BYTES);
        return connect(socket, address);
    }

    private Peer connect(Socket socket, InetSocketAddress address) throws IOException {
        try {
            socket.setTcpNoDelay(true);
            socket.connect(address);
        } catch (IOException e) {
            socket.close();
            throw e;
        }
        sockets.add(socket);
        return new SocketPeer(socket);
    }

    @Override
    public PeerListener listen() throws IOException {
        ServerSocket socket = new ServerSocket(0, 200, InetAddress.ofLiteral("127.0.0.1"));
        sockets.add(socket);
        return new SocketPeerListener(socket);
    }

    /// Looks again and again: nobody announces that the condition of a test holds.
    @Override
    public void await(String what, Duration limit, BooleanSupplier condition) {
        long deadline = System.nanoTime() + limit.toNanos();
        while (!condition.getAsBoolean()) {
            Throwable cause = failures.peek();
            if (cause != null) {
                throw new AssertionError("waiting for " + what + ": " + cause, cause);
            }
            if (System.nanoTime() - deadline > 0) {
                throw new AssertionError("not within " + limit + ": " + what);
            }
            pause(Duration.ofMillis(POLL_MILLIS));
        }
    }

    @Override
    public Random random() {
        return random;
    }

    private synchronized void closeFiles() {
        if (files != null) {
            FolderFiles folder = files;
            runNoting(folder::close);
        }
    }

    private void runNoting(ThrowingRunnable body) {
        try {
            body.run();
        } catch (Throwable e) {
            failures.add(e);
        }
    }

    private static boolean endsUntil(Thread thread, long deadline) {
        try {
            return thread.join(Duration.ofNanos(Math.max(0, deadline - System.nanoTime())));
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
            return false;
        }
    }

    private static String stackOf(Thread thread) {
        StringBuilder text = new StringBuilder();
        for (StackTraceElement element : thread.getStackTrace()) {
            text.append("\n    at ").append(element);
        }
        return text.toString();
    }

    private static void closeQuietly(AutoCloseable socket) {
        try {
            socket.close();
        } catch (Exception _) {
            // It is over either way.
        }
    }

    private record SocketPeer(Socket socket) implements Peer {
        @Override
        public InetSocketAddress localAddress() {
            return (InetSocketAddress) socket.getLocalSocketAddress();
        }

        @Override
        public InetSocketAddress remoteAddress() {
            return (InetSocketAddress) socket.getRemoteSocketAddress();
        }

        @Override
        public void write(byte[] bytes, int offset, int length) throws IOException {
            socket.getOutputStream().write(bytes, offset, length);
        }

        @Override
        public int read(byte[] bytes, int offset, int length) throws IOException {
            return socket.getInputStream().read(bytes, offset, length);
        }

        @Override
        public void shutdownOutput() throws IOException {
            socket.shutdownOutput();
        }

        @Override
        public void reset() throws IOException {
            socket.setSoLinger(true, 0);
            socket.close();
        }

        @Override
        public void close() throws IOException {
            socket.close();
        }
    }

    private record SocketPeerListener(ServerSocket socket) implements PeerListener {
        @Override
        public InetSocketAddress address() {
            return (InetSocketAddress) socket.getLocalSocketAddress();
        }

        @Override
        public Peer accept() throws IOException {
            Socket accepted = socket.accept();
            accepted.setTcpNoDelay(true);
            return new SocketPeer(accepted);
        }

        @Override
        public void close() throws IOException {
            socket.close();
        }
    }
}
