package io.github.iocp4j.bench.traffic;

import io.github.iocp4j.CloseReason;
import io.github.iocp4j.Connection;
import io.github.iocp4j.EndpointHandler;
import io.github.iocp4j.Frame;
import io.github.iocp4j.IocpEndpoint;
import io.github.iocp4j.SendResult;
import io.github.iocp4j.bench.cli.Failure;
import io.github.iocp4j.bench.cli.HostPort;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;

/// Sends frames over several connections to an echo server, some in flight on each, and verifies what comes back.
/// The first failure ends it.
public final class VerifiedLoad implements EndpointHandler {
    private static final int MOST_IN_FLIGHT = 16;

    /// What is in flight stays below the default high mark of a send queue, above which no frames would be
    /// received.
    private static final int BYTES_IN_FLIGHT = 128 << 10;

    /// Connects at once: more might find the server's backlog full.
    private static final int MOST_CONNECTING = 64;

    private final InetSocketAddress address;
    private final long seed;
    private final long count;
    private final int size;
    private final int lanes;
    private final int window;
    private final AtomicInteger begun = new AtomicInteger();
    private final AtomicInteger unfinished;
    private final CountDownLatch over = new CountDownLatch(1);
    private final LongAdder verified = new LongAdder();
    private final LongAdder mismatches = new LongAdder();
    private final AtomicReference<@Nullable String> failure = new AtomicReference<>();
    private volatile @Nullable IocpEndpoint endpoint;

    /// @param seed of all payloads
    /// @param count of all frames, at least 1
    /// @param size of each payload in bytes
    public VerifiedLoad(InetSocketAddress address, long seed, long count, int size, int connections) {
        this.address = address;
        this.seed = seed;
        this.count = count;
        this.size = size;
        lanes = (int) Math.min(connections, count);
        window = Math.clamp(BYTES_IN_FLIGHT / Math.max(1, size), 1, MOST_IN_FLIGHT);
        unfinished = new AtomicInteger(lanes);
    }

    /// Begins to connect.
    ///
    /// @param client has this as its handler
    public void begin(IocpEndpoint client) {
        endpoint = client;
        for (int i = 0; i < MOST_CONNECTING; i++) {
            connectNext();
        }
    }

    /// Waits for the end.
    ///
    /// @return whether it is over
    public boolean await(Duration limit) {
        try {
            return over.await(limit.toNanos(), TimeUnit.NANOSECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return true;
        }
    }

    /// Ends it with a failure.
    public void fail(String sentence) {
        failure.compareAndSet(null, sentence);
        over.countDown();
    }

    /// Frames that came back as they were.
    public long verified() {
        return verified.sum();
    }

    /// Frames that came back otherwise.
    public long mismatches() {
        return mismatches.sum();
    }

    /// What ended it, in one sentence; `null` if all went well.
    public @Nullable String failure() {
        return failure.get();
    }

    @Override
    public void connected(Connection connection) {
        connectNext();
        lane(connection).send(connection);
    }

    @Override
    public void connectFailed(InetSocketAddress remote, @Nullable Object attachment, IOException cause) {
        fail("cannot connect to " + HostPort.text(remote) + ": " + Failure.sentence(cause));
    }

    @Override
    public void frameReceived(Connection connection, Frame frame) {
        lane(connection).receive(connection, frame);
    }

    @Override
    public void disconnected(Connection connection, CloseReason reason) {
        Lane lane = lane(connection);
        if (lane.received < lane.share) {
            Throwable cause = reason.cause();
            fail("a connection ended after " + lane.received + " of " + lane.share + " frames: "
                    + (cause != null ? Failure.sentence(cause) : reason.kind()));
        } else if (unfinished.decrementAndGet() == 0) {
            over.countDown();
        }
    }

    private void connectNext() {
        int index = begun.getAndIncrement();
        if (index < lanes) {
            long share = count / lanes + (index < count % lanes ? 1 : 0);
            IocpEndpoint client = Objects.requireNonNull(endpoint);
            if (!client.connect(address, new Lane(index, share))) {
                fail("the endpoint refused to connect");
            }
        }
    }

    private static Lane lane(Connection connection) {
        return (Lane) Objects.requireNonNull(connection.attachment());
    }

    /// One connection's part. Callbacks of a connection are never concurrent, so plain fields do.
    private final class Lane {
        final long share;
        private final long laneSeed;
        private final byte[] out = new byte[size];
        private final byte[] in = new byte[size];
        long received;
        private long sent;

        Lane(int index, long share) {
            this.share = share;
            laneSeed = seed + index;
        }

        void send(Connection connection) {
            while (sent < share && sent - received < window) {
                Patterns.fill(out, 0, size, laneSeed, sent);
                SendResult result = connection.send(out);
                if (result == SendResult.REFUSED_FULL) {
                    fail("the send queue has no room for " + window + " frames of " + size + " bytes");
                }
                if (result == SendResult.REFUSED_FULL || result == SendResult.CLOSED) {
                    return;
                }
                sent++;
            }
        }

        void receive(Connection connection, Frame frame) {
            boolean same = frame.length() == size && received < sent;
            if (same) {
                frame.copyTo(0, in, 0, size);
                same = Patterns.matches(in, 0, size, laneSeed, received);
            }
            if (same) {
                verified.increment();
            } else {
                mismatches.increment();
                fail("frame " + received + " of a connection came back changed: " + frame.length()
                        + " bytes instead of " + size + ", or other ones");
            }
            received++;
            if (received == share) {
                connection.close();
            } else {
                send(connection);
            }
        }
    }
}
