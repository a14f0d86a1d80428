package io.github.iocp4j.bench.traffic;

import io.github.iocp4j.CloseReason;
import io.github.iocp4j.Connection;
import io.github.iocp4j.EndpointHandler;
import io.github.iocp4j.Frame;
import io.github.iocp4j.SendResult;
import io.github.iocp4j.bench.cli.Failure;
import io.github.iocp4j.bench.cli.StopSignal;
import java.io.IOException;
import java.io.PrintWriter;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/// One connection that a user types on: lines go out as text frames, replies are printed.
public final class Talk implements EndpointHandler {
    private static final Duration LOOK_INTERVAL = Duration.ofMillis(50);
    private static final Duration REPLY_INTERVAL = Duration.ofMillis(10);
    private static final Duration REPLY_LIMIT = Duration.ofSeconds(5);

    private final PrintWriter out;
    private final PrintWriter err;
    private final CompletableFuture<Connection> connected = new CompletableFuture<>();
    private final CompletableFuture<CloseReason> ended = new CompletableFuture<>();
    private final CompletableFuture<@Nullable Void> inputEnded = new CompletableFuture<>();
    private final AtomicLong sent = new AtomicLong();
    private final AtomicLong received = new AtomicLong();
    private volatile boolean endedByPeer;
    private final AtomicLong refused = new AtomicLong();

    /// @param out where replies go
    /// @param err where it is told what could not be sent
    public Talk(PrintWriter out, PrintWriter err) {
        this.out = out;
        this.err = err;
    }

    /// Waits until the connection is made.
    ///
    /// @throws IOException when it could not be
    public void awaitConnected() throws IOException {
        connection();
    }

    /// Sends a line, and waits while there is no room for it.
    public void send(String line, int maxFrame) throws IOException {
        byte[] payload = TextFrames.encode(line);
        if (payload.length > maxFrame) {
            refused.incrementAndGet();
            err.println("not sent: a line of " + payload.length + " bytes; --max-frame is " + maxFrame);
            return;
        }
        Connection connection = connection();
        sent.incrementAndGet();
        SendResult result = connection.send(payload);
        while (result == SendResult.REFUSED_FULL) {
            sleep(LOOK_INTERVAL);
            result = connection.send(payload);
        }
    }

    /// Waits until as many replies have come as lines were sent, or the connection has ended, or for `limit`.
    public void awaitReplies(Duration limit) throws IOException {
        long begun = System.nanoTime();
        while (received.get() < sent.get() && !ended.isDone() && System.nanoTime() - begun < limit.toNanos()) {
            sleep(REPLY_INTERVAL);
        }
    }

    /// There is nothing more to send.
    public void inputEnded() {
        inputEnded.complete(null);
    }

    /// Waits until the peer has ended, or the user wants to, or the input has ended and as many replies have come
    /// as lines were sent. A server need not reply to each: the wait for the next reply has a limit.
    public void awaitEnd(StopSignal stop) throws IOException {
        long seen = received.get();
        long lastReply = System.nanoTime();
        while (!ended.isDone() && !stop.await(LOOK_INTERVAL)) {
            long now = received.get();
            if (now != seen || !inputEnded.isDone()) {
                seen = now;
                lastReply = System.nanoTime();
            }
            boolean late = System.nanoTime() - lastReply > REPLY_LIMIT.toNanos();
            if (inputEnded.isDone() && (now >= sent.get() || late)) {
                break;
            }
        }
        endedByPeer = ended.isDone();
        connection().close();
    }

    /// Whether the peer has ended the connection before we did.
    public boolean isEndedByPeer() {
        return endedByPeer;
    }

    /// What went wrong, in one sentence, or `null`.
    public @Nullable String failure() {
        CloseReason reason = ended.getNow(new CloseReason(CloseReason.Kind.CLOSED, null));
        Throwable cause = reason.cause();
        if (cause != null) {
            return "the connection ended: " + Failure.sentence(cause);
        }
        long missing = sent.get() - received.get();
        return switch (reason.kind()) {
            case CLOSED, ENDPOINT_CLOSED -> refused.get() > 0 ? "not all lines were sent" : null;
            case PEER_CLOSED -> missing > 0 ? "the server ended without a reply to " + missing + " lines" : null;
            default -> "the connection ended: " + reason.kind();
        };
    }

    @Override
    public void connected(Connection connection) {
        connected.complete(connection);
    }

    @Override
    public void connectFailed(InetSocketAddress address, @Nullable Object attachment, IOException cause) {
        connected.completeExceptionally(cause);
    }

    @Override
    public void frameReceived(Connection connection, Frame frame) {
        out.println(TextFrames.decode(frame.toByteArray()));
        out.flush();
        received.incrementAndGet();
    }

    @Override
    public void disconnected(Connection connection, CloseReason reason) {
        ended.complete(reason);
    }

    private Connection connection() throws IOException {
        try {
            return connected.get();
        } catch (ExecutionException e) {
            throw e.getCause() instanceof IOException cause ? cause : new IOException(e.getCause());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted", e);
        }
    }

    private static void sleep(Duration interval) throws IOException {
        try {
            Thread.sleep(interval);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted", e);
        }
    }
}
