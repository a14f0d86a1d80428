package io.github.iocp4j.bench.traffic;

import io.github.iocp4j.CloseReason;
import io.github.iocp4j.Connection;
import io.github.iocp4j.EndpointHandler;
import io.github.iocp4j.Frame;
import io.github.iocp4j.IocpEndpoint;
import io.github.iocp4j.SendResult;
import io.github.iocp4j.bench.cli.Failure;
import io.github.iocp4j.bench.cli.StopSignal;
import io.github.iocp4j.transfer.FileOffer;
import java.io.IOException;
import java.io.PrintWriter;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.Locale;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/// What a user types, sent over a connection: lines go out as text frames, replies are printed. It may come back
/// when the connection is lost; then lines that find none wait for the next.
///
/// One thread drives it, by [#awaitConnected] and [#awaitEnd], and connects again; another one sends.
public final class Talk implements EndpointHandler {
    private static final Duration LOOK_INTERVAL = Duration.ofMillis(50);
    private static final Duration SHORT_INTERVAL = Duration.ofMillis(10);
    private static final Duration REPLY_LIMIT = Duration.ofSeconds(5);
    private static final double MILLIS_PER_SECOND = 1e3;

    private final PrintWriter out;
    private final PrintWriter err;
    private final String target;
    private final @Nullable ReconnectDelay delay;
    private final CompletableFuture<Connection> firstConnection = new CompletableFuture<>();
    private final CompletableFuture<CloseReason> ended = new CompletableFuture<>();
    private final CompletableFuture<@Nullable Void> inputEnded = new CompletableFuture<>();
    private final AtomicLong sent = new AtomicLong();
    private final AtomicLong received = new AtomicLong();
    private final AtomicLong refused = new AtomicLong();
    private final AtomicLong unanswered = new AtomicLong();
    private volatile boolean endedByPeer;
    private volatile boolean leaving;
    private @Nullable IocpEndpoint client;
    private @Nullable InetSocketAddress address;

    /// Guarded by this object: the open connection, and when to try for the next, or 0.
    private @Nullable Connection connection;

    private long connectAtNanos;

    /// @param out where replies go
    /// @param err where it is told what could not be sent, and what becomes of the connection
    /// @param target the server, as the user calls it
    /// @param delay between tries to connect, or `null` when one is enough
    public Talk(PrintWriter out, PrintWriter err, String target, @Nullable ReconnectDelay delay) {
        this.out = out;
        this.err = err;
        this.target = target;
        this.delay = delay;
    }

    /// Begins to connect.
    ///
    /// @param endpoint has this as its handler
    public void begin(IocpEndpoint endpoint, InetSocketAddress server) {
        client = endpoint;
        address = server;
        endpoint.connect(server, null);
    }

    /// Waits until the connection is made.
    ///
    /// @return `false` when the user has had enough before
    /// @throws IOException when it could not be, and is not to be tried again
    public boolean awaitConnected(StopSignal stop) throws IOException {
        while (!firstConnection.isDone() && !stop.await(SHORT_INTERVAL)) {
            connectWhenDue();
        }
        if (!firstConnection.isDone()) {
            return false;
        }
        try {
            return firstConnection.get() != null;
        } catch (ExecutionException e) {
            throw e.getCause() instanceof IOException cause ? cause : new IOException(e.getCause());
        } catch (InterruptedException e) {
            throw interrupted(e);
        }
    }

    /// Sends a line, and waits while there is no room for it, or no connection that will come back.
    public void send(String line, int maxFrame) throws IOException {
        byte[] payload = TextFrames.encode(line);
        if (payload.length > maxFrame) {
            refused.incrementAndGet();
            err.println("not sent: a line of " + payload.length + " bytes; --max-frame is " + maxFrame);
            return;
        }
        while (!trySend(payload)) {
            sleep(LOOK_INTERVAL);
        }
    }

    /// Waits until as many replies have come as lines were sent, or the connection has ended, or for `limit`.
    public void awaitReplies(Duration limit) throws IOException {
        long begun = System.nanoTime();
        while (received.get() < sent.get() && !ended.isDone() && System.nanoTime() - begun < limit.toNanos()) {
            sleep(SHORT_INTERVAL);
        }
    }

    /// There is nothing more to send.
    public void inputEnded() {
        inputEnded.complete(null);
    }

    /// Waits until the peer has ended for good, or the user wants to, or the input has ended and as many replies
    /// have come as lines were sent. A server need not reply to each: the wait for the next reply has a limit.
    public void awaitEnd(StopSignal stop) {
        long seen = received.get();
        long lastReply = System.nanoTime();
        while (!ended.isDone() && !stop.await(LOOK_INTERVAL)) {
            connectWhenDue();
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
        leave();
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
        if (unanswered.get() > 0) {
            return "no reply came to " + unanswered.get() + " lines, since the connection was lost";
        }
        long missing = sent.get() - received.get();
        return switch (reason.kind()) {
            case CLOSED, ENDPOINT_CLOSED -> refused.get() > 0 ? "not all lines were sent" : null;
            case PEER_CLOSED -> missing > 0 ? "the server ended without a reply to " + missing + " lines" : null;
            default -> "the connection ended: " + reason.kind();
        };
    }

    @Override
    public void connected(Connection made) {
        synchronized (this) {
            connection = made;
            if (delay != null) {
                delay.reset();
            }
        }
        if (delay != null) {
            tell("connected to " + target);
        }
        firstConnection.complete(made);
    }

    @Override
    public void connectFailed(InetSocketAddress remote, @Nullable Object attachment, IOException cause) {
        if (delay == null) {
            firstConnection.completeExceptionally(cause);
        } else {
            connectLater("cannot connect to " + target + ": " + Failure.sentence(cause));
        }
    }

    @Override
    public void frameReceived(Connection from, Frame frame) {
        out.println(TextFrames.decode(frame.toByteArray()));
        out.flush();
        received.incrementAndGet();
    }

    @Override
    public void fileOffered(Connection from, FileOffer offer) {
        tell("the server offers the file " + offer.name() + "; receive-file takes it");
        offer.decline();
    }

    @Override
    public void disconnected(Connection lost, CloseReason reason) {
        long missing;
        synchronized (this) {
            connection = null;
            missing = sent.get() - received.get();
            if (delay != null && !leaving) {
                unanswered.addAndGet(missing);
                sent.set(received.get());
            }
        }
        if (delay == null || leaving) {
            ended.complete(reason);
            return;
        }
        Throwable cause = reason.cause();
        String how = cause != null
                ? Failure.sentence(cause)
                : reason.kind().name().toLowerCase(Locale.ROOT).replace('_', ' ');
        connectLater("the connection ended: " + how + (missing > 0 ? "; no reply to " + missing + " lines" : ""));
    }

    /// One connection's lines and replies are counted together: hence the lock, which no send waits under.
    ///
    /// @return `false` when it is to be tried again
    private synchronized boolean trySend(byte[] payload) {
        Connection to = connection;
        SendResult result = to == null ? SendResult.CLOSED : to.send(payload);
        boolean lost = result == SendResult.CLOSED && (delay == null || leaving);
        boolean taken = result == SendResult.QUEUED || result == SendResult.ABOVE_MARK;
        if (taken || lost) {
            sent.incrementAndGet();
        }
        return taken || lost;
    }

    private void connectLater(String why) {
        long millis;
        synchronized (this) {
            millis = Objects.requireNonNull(delay).next().toMillis();
            connectAtNanos =
                    Math.max(1, System.nanoTime() + Duration.ofMillis(millis).toNanos());
        }
        tell(String.format(Locale.ROOT, "%s; trying again in %.1f s", why, millis / MILLIS_PER_SECOND));
    }

    private void connectWhenDue() {
        synchronized (this) {
            if (connectAtNanos == 0 || System.nanoTime() - connectAtNanos < 0) {
                return;
            }
            connectAtNanos = 0;
        }
        if (!Objects.requireNonNull(client).connect(Objects.requireNonNull(address), null)) {
            synchronized (this) {
                // What is left of the old connection is in the way: at the next look.
                connectAtNanos = Math.max(1, System.nanoTime());
            }
        }
    }

    private synchronized void leave() {
        leaving = true;
        if (connection != null) {
            connection.close();
        }
    }

    private void tell(String what) {
        err.println(what);
        err.flush();
    }

    private static void sleep(Duration interval) throws IOException {
        try {
            Thread.sleep(interval);
        } catch (InterruptedException e) {
            throw interrupted(e);
        }
    }

    private static IOException interrupted(InterruptedException cause) {
        Thread.currentThread().interrupt();
        return new IOException("interrupted", cause);
    }
}
