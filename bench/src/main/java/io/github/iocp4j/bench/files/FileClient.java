package io.github.iocp4j.bench.files;

import io.github.iocp4j.CloseReason;
import io.github.iocp4j.Connection;
import io.github.iocp4j.EndpointHandler;
import io.github.iocp4j.IocpEndpoint;
import io.github.iocp4j.bench.cli.Cli;
import io.github.iocp4j.bench.cli.Failure;
import io.github.iocp4j.bench.cli.HostPort;
import io.github.iocp4j.bench.cli.Progress;
import io.github.iocp4j.bench.cli.StopSignal;
import io.github.iocp4j.transfer.FileOffer;
import io.github.iocp4j.transfer.FileTransfer;
import io.github.iocp4j.transfer.TransferOutcome;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/// One connection that sends files, or receives those that the server offers; for one thread, which waits.
public final class FileClient implements EndpointHandler {
    private static final Duration LOOK_INTERVAL = Duration.ofMillis(50);
    private static final Duration SHOW_INTERVAL = Duration.ofMillis(250);

    private final Cli cli;
    private final @Nullable Inbox inbox;
    private final AtomicInteger wanted;
    private final CompletableFuture<Connection> connected = new CompletableFuture<>();
    private final CompletableFuture<CloseReason> ended = new CompletableFuture<>();
    private final BlockingQueue<FileTransfer> coming = new LinkedBlockingQueue<>();
    private final BlockingQueue<FileResult> results = new LinkedBlockingQueue<>();
    private volatile long begun;

    private FileClient(Cli cli, @Nullable Inbox inbox, int wanted) {
        this.cli = cli;
        this.inbox = inbox;
        this.wanted = new AtomicInteger(wanted);
    }

    /// One that sends, and wants no files.
    public static FileClient sender(Cli cli) {
        return new FileClient(cli, null, 0);
    }

    /// One that takes up to `count` files into `inbox`.
    public static FileClient receiver(Cli cli, Inbox inbox, int count) {
        return new FileClient(cli, inbox, count);
    }

    /// Connects, and waits for that.
    ///
    /// @param client has this as its handler
    /// @throws Failure when it can't
    public void connect(IocpEndpoint client, InetSocketAddress address, HostPort target) {
        if (!client.connect(address, null)) {
            throw new Failure("cannot connect to " + target + ": the endpoint refused");
        }
        try {
            connected.get();
        } catch (ExecutionException e) {
            throw new Failure("cannot connect to " + target, Objects.requireNonNull(e.getCause()));
        } catch (InterruptedException e) {
            throw interrupted(e);
        }
    }

    /// Sends a file, and waits for its end, showing its progress. When the user has enough, it is given up, with
    /// the connection.
    ///
    /// @return `null` when the connection is closed, or a file that was not answered is still in the way
    public @Nullable FileResult send(Path path) {
        begun = System.nanoTime();
        FileTransfer file = connection().sendFile(path);
        return file == null ? null : await(file);
    }

    /// Waits for a file that the server offers.
    ///
    /// @return `null` when none has come within `limit`, the connection has ended, or the user has enough
    public @Nullable FileTransfer awaitOffer(Duration limit) {
        long from = System.nanoTime();
        StopSignal stop = cli.stop();
        while (System.nanoTime() - from < limit.toNanos() && !stop.isRequested()) {
            boolean over = ended.isDone();
            FileTransfer file = poll(coming, LOOK_INTERVAL);
            if (file != null || over) {
                return file;
            }
        }
        return null;
    }

    /// Waits for the end of a file, showing its progress.
    public FileResult await(FileTransfer file) {
        FileResult result = poll(results, LOOK_INTERVAL);
        if (result != null) {
            return result;
        }
        // The size of a file to be sent is known once it is open.
        try (Progress progress = Progress.ofBytes(cli, file.name(), file::sizeBytes)) {
            while (true) {
                result = poll(results, SHOW_INTERVAL);
                progress.show(file.transferredBytes(), "");
                if (result != null) {
                    return result;
                }
                if (cli.stop().isRequested()) {
                    file.abort();
                    connection().abort();
                }
            }
        }
    }

    /// Whether the connection has ended.
    public boolean isEnded() {
        return ended.isDone();
    }

    /// Why the connection has ended, in words; empty when it has not, or in order.
    public String end() {
        CloseReason reason = ended.getNow(new CloseReason(CloseReason.Kind.CLOSED, null));
        Throwable cause = reason.cause();
        return cause == null ? "" : Failure.sentence(cause);
    }

    /// Closes the connection, and waits until the server has taken all that it was sent, within the limits of the
    /// endpoint.
    public void close(Duration limit) {
        connection().close();
        try {
            CloseReason _ = ended.get(limit.toNanos(), TimeUnit.NANOSECONDS);
        } catch (InterruptedException e) {
            throw interrupted(e);
        } catch (ExecutionException | TimeoutException _) {
            // The close of the endpoint cuts it.
        }
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
    public void fileOffered(Connection connection, FileOffer offer) {
        Inbox into = inbox;
        boolean wants = into != null && wanted.getAndUpdate(left -> Math.max(0, left - 1)) > 0;
        // A job, because the inbox looks at the disk.
        if (into == null || !wants || !connection.addJob((Runnable) () -> accept(into, offer))) {
            offer.decline();
        }
    }

    @Override
    public void fileCompleted(Connection connection, FileTransfer file, TransferOutcome outcome) {
        Inbox into = inbox;
        if (into != null && !file.isOutgoing()) {
            into.release(file.path());
        }
        results.add(new FileResult(connection, file, outcome, System.nanoTime() - begun));
    }

    @Override
    public void disconnected(Connection connection, CloseReason reason) {
        ended.complete(reason);
    }

    private void accept(Inbox into, FileOffer offer) {
        begun = System.nanoTime();
        FileTransfer file = into.accept(offer);
        if (file != null) {
            coming.add(file);
        }
    }

    private Connection connection() {
        return connected.join();
    }

    private static <T> @Nullable T poll(BlockingQueue<T> queue, Duration limit) {
        try {
            return queue.poll(limit.toNanos(), TimeUnit.NANOSECONDS);
        } catch (InterruptedException e) {
            throw interrupted(e);
        }
    }

    private static Failure interrupted(InterruptedException cause) {
        Thread.currentThread().interrupt();
        return new Failure("interrupted", cause);
    }
}
