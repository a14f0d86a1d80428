package io.github.iocp4j;

import io.github.iocp4j.internal.host.Host;
import io.github.iocp4j.internal.host.Signal;
import io.github.iocp4j.job.Job;
import io.github.iocp4j.port.IoWorker;
import io.github.iocp4j.port.TestPorts;
import io.github.iocp4j.testing.TestKernel;
import io.github.iocp4j.transfer.FileOffer;
import io.github.iocp4j.transfer.FileTransfer;
import io.github.iocp4j.transfer.TransferOutcome;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/// Starts an endpoint for a test, the only way to do so, and passes its callbacks on to the test's handler while
/// it checks what the contract promises of them: their order, by the grammar of [CallbackWord], that those of a
/// connection never run at once, and that they run on I/O workers and never inside each other.
///
/// What is wrong fails the run at once, with the word of the connection.
final class CallbackOrder implements EndpointHandler {
    private static final byte[] NOTHING = {};

    private final TestKernel kernel;
    private final EndpointHandler next;

    /// Looked at inside each callback: in simulation others may go on there.
    private final Signal window;

    private final Map<Connection, Life> lives = new ConcurrentHashMap<>();
    private final Set<FileTransfer> completed = ConcurrentHashMap.newKeySet();
    private final Queue<Life> ended = new ConcurrentLinkedQueue<>();
    private final Queue<Connection> connections = new ConcurrentLinkedQueue<>();
    private final Queue<Object> failedAttachments = new ConcurrentLinkedQueue<>();
    private final Queue<IOException> failures = new ConcurrentLinkedQueue<>();
    private final Queue<String> problems = new ConcurrentLinkedQueue<>();
    private final ThreadLocal<@Nullable String> running = new ThreadLocal<>();
    private final AtomicInteger released = new AtomicInteger();
    private final AtomicInteger failedConnects = new AtomicInteger();

    CallbackOrder(TestKernel kernel, EndpointHandler next) {
        this.kernel = kernel;
        this.next = next;
        window = kernel.host().newSignal();
    }

    /// Starts the endpoint whose callbacks come here.
    IocpEndpoint start(Host host, EndpointOptions options) throws IOException {
        return IocpEndpoint.start(options, this, TestPorts.open(host, 0, options.operations()));
    }

    @Override
    public void connectionAllocated(Connection connection) {
        Life life = new Life(connection);
        Life before = lives.putIfAbsent(connection, life);
        connections.add(connection);
        inside(
                before == null ? life : before,
                CallbackWord.Callback.CONNECTION_ALLOCATED,
                () -> next.connectionAllocated(connection));
    }

    @Override
    public void connected(Connection connection) {
        inside(connection, CallbackWord.Callback.CONNECTED, () -> next.connected(connection));
    }

    @Override
    public void frameReceived(Connection connection, Frame frame) {
        inside(connection, CallbackWord.Callback.FRAME_RECEIVED, () -> next.frameReceived(connection, frame));
    }

    @Override
    public void writable(Connection connection) {
        inside(connection, CallbackWord.Callback.WRITABLE, () -> next.writable(connection));
    }

    @Override
    public void idle(Connection connection) {
        inside(connection, CallbackWord.Callback.IDLE, () -> next.idle(connection));
    }

    @Override
    public void inputEnded(Connection connection) {
        inside(connection, CallbackWord.Callback.INPUT_ENDED, () -> next.inputEnded(connection));
    }

    @Override
    public void fileOffered(Connection connection, FileOffer offer) {
        inside(connection, CallbackWord.Callback.FILE, () -> next.fileOffered(connection, offer));
    }

    @Override
    public void fileProgress(Connection connection, FileTransfer file) {
        inside(connection, CallbackWord.Callback.FILE, () -> next.fileProgress(connection, file));
    }

    @Override
    public void fileCompleted(Connection connection, FileTransfer file, TransferOutcome outcome) {
        if (!completed.add(file)) {
            violated("completed twice: " + file.name());
        }
        inside(connection, CallbackWord.Callback.FILE, () -> next.fileCompleted(connection, file, outcome));
    }

    @Override
    public void packetPosted(Connection connection, Object packet) {
        inside(connection, CallbackWord.Callback.PACKET_POSTED, () -> next.packetPosted(connection, packet));
    }

    @Override
    public void disconnected(Connection connection, CloseReason reason) {
        Life life = life(connection);
        life.reason = reason;
        ended.add(life);
        checkClosed(life);
        inside(life, CallbackWord.Callback.DISCONNECTED, () -> next.disconnected(connection, reason));
    }

    @Override
    public void connectionReleased(Connection connection) {
        Life life = life(connection);
        checkClosed(life);
        try {
            inside(life, CallbackWord.Callback.CONNECTION_RELEASED, () -> next.connectionReleased(connection));
        } finally {
            if (!life.word.isComplete(life.isStillborn())) {
                violated("released " + life);
            }
            released.getAndIncrement();
        }
    }

    /// The one that runs on job threads, beside whatever else.
    @Override
    public void processJob(Job job) {
        if (IoWorker.current() != null || !Thread.currentThread().getName().startsWith("iocp4j-job-")) {
            violated("processJob on " + Thread.currentThread().getName());
        }
        called("processJob", () -> next.processJob(job));
    }

    @Override
    public void connectFailed(InetSocketAddress address, @Nullable Object attachment, IOException cause) {
        if (attachment != null) {
            failedAttachments.add(attachment);
        }
        try {
            guarded("connectFailed", () -> next.connectFailed(address, attachment, cause));
        } finally {
            failedConnects.getAndIncrement();
        }
    }

    @Override
    public void endpointFailed(IOException cause) {
        if (!failures.isEmpty()) {
            violated("endpointFailed twice");
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
        CloseReason reason = life(connection).reason;
        if (reason == null) {
            throw new AssertionError("not disconnected: " + connection);
        }
        return reason;
    }

    boolean isReleased(Connection connection) {
        Life life = lives.get(connection);
        return life != null && life.word.isReleased();
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
            if (!life.word.isComplete(life.isStillborn())) {
                throw new AssertionError("not over, or not in order: " + life);
            }
            for (Object attachment : failedAttachments) {
                if (isSame(life.firstAttachment, attachment)) {
                    throw new AssertionError("connectFailed, and made: " + life);
                }
            }
        }
    }

    private void checkClosed(Life life) {
        if (life.connection.isOpen() || life.connection.send(NOTHING) != SendResult.CLOSED) {
            violated("open at its end: " + life);
        }
    }

    private void inside(Connection connection, CallbackWord.Callback callback, Runnable body) {
        inside(life(connection), callback, body);
    }

    private void inside(Life life, CallbackWord.Callback callback, Runnable body) {
        if (!life.word.add(callback, life.isStillborn())) {
            violated(callback + " must not come here: " + life);
        }
        if (!life.busy.compareAndSet(false, true)) {
            violated(callback + " beside another callback of " + life);
        }
        try {
            guarded(callback.name(), body);
        } finally {
            life.busy.set(false);
        }
    }

    private void guarded(String callback, Runnable body) {
        if (IoWorker.current() == null) {
            violated(callback + " on " + Thread.currentThread().getName());
        }
        called(callback, body);
    }

    private void called(String callback, Runnable body) {
        String outer = running.get();
        if (outer != null) {
            violated(callback + " inside " + outer);
        }
        running.set(callback);
        try {
            boolean _ = window.isSet();
            body.run();
            boolean _ = window.isSet();
        } catch (Deliberate e) {
            throw e;
        } catch (RuntimeException | Error e) {
            violated(callback + " threw " + e);
            throw e;
        } finally {
            running.remove();
        }
    }

    /// Equal ones of two connects are none of our business.
    @SuppressWarnings("ReferenceEquality")
    private static boolean isSame(@Nullable Object one, Object other) {
        return one == other;
    }

    /// Fails the run by this and not by what follows from it.
    private void violated(String what) {
        problems.add(what);
        kernel.fork("callback-order", () -> {
            throw new AssertionError(what);
        });
    }

    private Life life(Connection connection) {
        return lives.computeIfAbsent(connection, Life::new);
    }

    private static final class Life {
        private final Connection connection;
        private final @Nullable Object firstAttachment;
        private final CallbackWord word = new CallbackWord();
        private final AtomicBoolean busy = new AtomicBoolean();
        private volatile @Nullable CloseReason reason;

        private Life(Connection connection) {
            this.connection = connection;
            firstAttachment = connection.attachment();
        }

        private boolean isStillborn() {
            CloseReason known = reason;
            return known != null && known.kind() == CloseReason.Kind.HANDLER_FAILED;
        }

        @Override
        public String toString() {
            return connection + ", of whose callbacks came " + word;
        }
    }
}
