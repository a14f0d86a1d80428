package io.github.iocp4j;

import io.github.iocp4j.testing.TestKernel;
import java.time.Duration;
import java.util.Random;

/// Echoes, none of which may be refused, to peers that end in good order.
///
/// Now and then a callback takes its time, so that packets come while it runs.
final class CheckedEcho implements EndpointHandler {
    private static final int SLOW_OF = 16;
    private static final Duration SLOWNESS = Duration.ofNanos(200_000);

    private final TestKernel kernel;
    private final Random random;

    CheckedEcho(TestKernel kernel) {
        this.kernel = kernel;
        random = kernel.random();
    }

    @Override
    public void connectionAllocated(Connection connection) {
        takeTime();
    }

    @Override
    public void connected(Connection connection) {
        takeTime();
    }

    @Override
    public void frameReceived(Connection connection, Frame frame) {
        boolean shared = random.nextBoolean();
        SendResult result = shared ? connection.send(frame) : connection.send(frame.toByteArray());
        if (result != SendResult.QUEUED && result != SendResult.ABOVE_MARK) {
            throw new AssertionError("an echo was answered with " + result + " on " + connection);
        }
        takeTime();
    }

    @Override
    public void writable(Connection connection) {
        takeTime();
    }

    @Override
    public void inputEnded(Connection connection) {
        connection.close();
        takeTime();
    }

    @Override
    public void disconnected(Connection connection, CloseReason reason) {
        if (reason.kind() != CloseReason.Kind.PEER_CLOSED) {
            throw new AssertionError(reason + " on " + connection);
        }
        takeTime();
    }

    @Override
    public void connectionReleased(Connection connection) {
        takeTime();
    }

    private void takeTime() {
        if (random.nextInt(SLOW_OF) == 0) {
            kernel.pause(SLOWNESS);
        }
    }
}
