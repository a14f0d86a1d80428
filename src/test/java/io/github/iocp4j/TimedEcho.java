package io.github.iocp4j;

import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/// Echoes, and knows when what happened to its one connection.
class TimedEcho extends Echo {
    private final Stand stand;
    private final List<Long> frames = new ArrayList<>();
    private final List<Long> idles = new ArrayList<>();
    private volatile long connectedAt;
    private volatile long endedAt;
    private volatile long releasedAt;

    TimedEcho(Stand stand) {
        this.stand = stand;
    }

    @Override
    public void connected(Connection connection) {
        connectedAt = stand.nanoTime();
    }

    @Override
    public void frameReceived(Connection connection, Frame frame) {
        note(frames);
        super.frameReceived(connection, frame);
    }

    @Override
    public void idle(Connection connection) {
        note(idles);
        connection.close();
    }

    @Override
    public void disconnected(Connection connection, CloseReason reason) {
        endedAt = stand.nanoTime();
    }

    @Override
    public void connectionReleased(Connection connection) {
        releasedAt = stand.nanoTime();
    }

    final void noteFrame() {
        note(frames);
    }

    final void noteIdle() {
        note(idles);
    }

    final long connectedAt() {
        return connectedAt;
    }

    final long releasedAt() {
        return releasedAt;
    }

    final List<Long> frames() {
        return copy(frames);
    }

    final List<Long> idles() {
        return copy(idles);
    }

    /// Fails unless the connection has ended after `limit`, and not much later.
    final void expectEnd(long begunAt, Duration limit) {
        expectAfter(limit, endedAt - begunAt);
    }

    /// Fails unless what has a limit took as long, and not much longer: a real machine may be busy.
    final void expectAfter(Duration limit, long tookNanos) {
        Duration took = Duration.ofNanos(tookNanos);
        assertTrue(took.compareTo(limit) >= 0, () -> "after " + took + ", with a limit of " + limit);
        Duration most = limit.plus(stand.isSimulated() ? Duration.ofMillis(200) : Duration.ofSeconds(5));
        assertTrue(took.compareTo(most) <= 0, () -> "only after " + took + ", with a limit of " + limit);
    }

    private void note(List<Long> times) {
        long now = stand.nanoTime();
        synchronized (times) {
            times.add(now);
        }
    }

    private static List<Long> copy(List<Long> times) {
        synchronized (times) {
            return List.copyOf(times);
        }
    }
}
