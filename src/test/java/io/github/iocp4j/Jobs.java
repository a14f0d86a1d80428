package io.github.iocp4j;

import io.github.iocp4j.job.Job;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/// Makes a job of each frame, and sends its data back on a job thread.
class Jobs implements EndpointHandler {
    private final AtomicReference<IocpEndpoint> endpoint = new AtomicReference<>();
    private final Queue<String> refusals = new ConcurrentLinkedQueue<>();

    /// Tells it whose handler it is, before there are connections.
    final TestEndpoint of(TestEndpoint started) {
        endpoint.set(started.endpoint());
        return started;
    }

    final IocpEndpoint endpoint() {
        return endpoint.get();
    }

    @Override
    public void frameReceived(Connection connection, Frame frame) {
        if (!connection.addJob(frame.toByteArray())) {
            refusals.add("a job");
        }
    }

    @Override
    public void processJob(Job job) {
        answer(job);
    }

    final void answer(Job job) {
        Connection connection = connectionOf(job);
        SendResult result = connection == null ? SendResult.CLOSED : connection.send((byte[]) job.data());
        if (result != SendResult.QUEUED && result != SendResult.ABOVE_MARK) {
            refusals.add("an answer: " + result);
        }
    }

    final @Nullable Connection connectionOf(Job job) {
        return endpoint.get().find(job.connectionId());
    }

    /// What was not taken, of jobs and of answers.
    final Queue<String> refusals() {
        return refusals;
    }
}
