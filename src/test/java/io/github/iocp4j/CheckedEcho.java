package io.github.iocp4j;

import io.github.iocp4j.testing.TestKernel;
import java.time.Duration;
import java.util.List;
import java.util.Queue;
import java.util.Random;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;

/// Echoes, and checks that the callbacks of a connection come one at a time and in their order.
///
/// Now and then a callback takes its time, so that packets come while it runs.
final class CheckedEcho implements EndpointHandler {
    private enum Step {
        ALLOCATED,
        CONNECTED,
        INPUT_ENDED,
        DISCONNECTED,
        RELEASED
    }

    private static final int SLOW_OF = 16;
    private static final Duration SLOWNESS = Duration.ofNanos(200_000);

    private final TestKernel kernel;
    private final Random random;
    private final Queue<String> violations = new ConcurrentLinkedQueue<>();
    private final AtomicInteger connected = new AtomicInteger();
    private final AtomicInteger released = new AtomicInteger();

    CheckedEcho(TestKernel kernel) {
        this.kernel = kernel;
        random = kernel.random();
    }

    /// What was not as it must be.
    List<String> violations() {
        return List.copyOf(violations);
    }

    int connected() {
        return connected.get();
    }

    /// How many connections have had their last callback.
    int released() {
        return released.get();
    }

    @Override
    public void connectionAllocated(Connection connection) {
        if (connection.attachment() != null) {
            violated("allocated twice: " + connection);
        }
        connection.attach(new State());
        during(connection, Step.ALLOCATED, Step.ALLOCATED, () -> {});
    }

    @Override
    public void connected(Connection connection) {
        during(connection, Step.ALLOCATED, Step.CONNECTED, connected::getAndIncrement);
    }

    @Override
    public void frameReceived(Connection connection, Frame frame) {
        during(connection, Step.CONNECTED, Step.CONNECTED, () -> {
            boolean shared = random.nextBoolean();
            SendResult result = shared ? connection.send(frame) : connection.send(frame.toByteArray());
            if (result != SendResult.QUEUED && result != SendResult.ABOVE_MARK) {
                violated("an echo was answered with " + result + " on " + connection);
            }
        });
    }

    @Override
    public void writable(Connection connection) {
        during(connection, Step.CONNECTED, Step.CONNECTED, () -> {});
    }

    @Override
    public void inputEnded(Connection connection) {
        during(connection, Step.CONNECTED, Step.INPUT_ENDED, connection::close);
    }

    @Override
    public void disconnected(Connection connection, CloseReason reason) {
        during(connection, Step.INPUT_ENDED, Step.DISCONNECTED, () -> {
            if (reason.kind() != CloseReason.Kind.PEER_CLOSED) {
                violated(reason + " on " + connection);
            }
        });
    }

    @Override
    public void connectionReleased(Connection connection) {
        during(connection, Step.DISCONNECTED, Step.RELEASED, released::getAndIncrement);
    }

    /// Fails the run at once, by this and not by what follows from it.
    private void violated(String what) {
        violations.add(what);
        kernel.fork("check", () -> {
            throw new AssertionError(what);
        });
    }

    private void during(Connection connection, Step from, Step to, Runnable body) {
        if (!(connection.attachment() instanceof State state)) {
            violated("not allocated, but " + to + ": " + connection);
            return;
        }
        if (!state.inside.compareAndSet(false, true)) {
            violated("two callbacks at once on " + connection);
        }
        Step before = state.step;
        if (before != from) {
            violated("after " + before + " came " + to + " on " + connection);
        }
        state.step = to;
        body.run();
        if (random.nextInt(SLOW_OF) == 0) {
            kernel.pause(SLOWNESS);
        }
        state.inside.set(false);
    }

    private static final class State {
        private final AtomicBoolean inside = new AtomicBoolean();
        private volatile Step step = Step.ALLOCATED;
    }
}
