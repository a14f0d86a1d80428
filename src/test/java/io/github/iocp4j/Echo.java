package io.github.iocp4j;

import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;

/// Answers each frame with itself, and keeps what was not taken.
class Echo implements EndpointHandler {
    private final Queue<SendResult> refusals = new ConcurrentLinkedQueue<>();

    @Override
    public void frameReceived(Connection connection, Frame frame) {
        note(connection.send(frame));
    }

    final void note(SendResult result) {
        if (result == SendResult.REFUSED_FULL || result == SendResult.CLOSED) {
            refusals.add(result);
        }
    }

    final Queue<SendResult> refusals() {
        return refusals;
    }
}
