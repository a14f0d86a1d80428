package io.github.iocp4j.bench.demo;

import io.github.iocp4j.CloseReason;
import io.github.iocp4j.Connection;
import io.github.iocp4j.EndpointHandler;
import io.github.iocp4j.Frame;
import io.github.iocp4j.transfer.FileOffer;
import io.github.iocp4j.transfer.FileTransfer;
import io.github.iocp4j.transfer.TransferOutcome;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.util.HexFormat;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/// A file each way, at once and over one connection, while the clients echo: a client offers one to the server,
/// which answers with the offer of another.
final class FileExchange implements AutoCloseable {
    /// Of each file.
    static final int BYTES = 4 << 20;

    /// Each side is told of the end of both files.
    private static final int ENDS = 4;

    private static final String UP = "to-server.bin";
    private static final String DOWN = "to-client.bin";
    private static final String RECEIVED = "received-";

    private final Path folder;
    private final CountDownLatch over = new CountDownLatch(ENDS);
    private final AtomicReference<@Nullable String> failure = new AtomicReference<>();

    private FileExchange(Path folder) {
        this.folder = folder;
    }

    /// Makes the files, of random content, in a temporary folder.
    static FileExchange prepare(long seed) throws IOException {
        FileExchange exchange = new FileExchange(Files.createTempDirectory("iocp4j-demo"));
        Random random = new Random(seed);
        for (String name : new String[] {UP, DOWN}) {
            byte[] content = new byte[BYTES];
            random.nextBytes(content);
            Files.write(exchange.folder.resolve(name), content);
        }
        return exchange;
    }

    /// The server's handler: it also echoes all frames.
    EndpointHandler server() {
        return new Side() {
            @Override
            public void frameReceived(Connection connection, Frame frame) {
                connection.send(frame);
            }

            @Override
            public void fileOffered(Connection connection, FileOffer offer) {
                super.fileOffered(connection, offer);
                send(connection, DOWN);
            }
        };
    }

    /// The handler of the client, which has this one connection only.
    EndpointHandler client() {
        return new Side() {
            @Override
            public void connected(Connection connection) {
                send(connection, UP);
            }

            @Override
            public void connectFailed(InetSocketAddress address, @Nullable Object attachment, IOException cause) {
                fail("no connection: " + cause.getMessage());
            }

            @Override
            public void disconnected(Connection connection, CloseReason reason) {
                if (over.getCount() > 0) {
                    fail("the connection ended: " + reason);
                }
            }
        };
    }

    /// Waits until both files are over.
    void await(Duration limit) {
        try {
            if (!over.await(limit.toNanos(), TimeUnit.NANOSECONDS)) {
                failure.compareAndSet(null, "not over in time");
            }
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
        }
    }

    /// Compares what was received with what was sent.
    ///
    /// @return what is wrong, or `null`
    @Nullable
    String verify() throws IOException {
        for (String name : new String[] {UP, DOWN}) {
            if (failure.get() == null && !sha256(name).equals(sha256(RECEIVED + name))) {
                fail(name + " came over changed");
            }
        }
        return failure.get();
    }

    /// Deletes the files.
    @Override
    public void close() throws IOException {
        try (DirectoryStream<Path> files = Files.newDirectoryStream(folder)) {
            for (Path file : files) {
                Files.delete(file);
            }
        }
        Files.delete(folder);
    }

    private void fail(String how) {
        failure.compareAndSet(null, how);
        while (over.getCount() > 0) {
            over.countDown();
        }
    }

    private void send(Connection connection, String name) {
        if (connection.sendFile(folder.resolve(name)) == null) {
            fail("the connection took no file");
        }
    }

    private String sha256(String name) throws IOException {
        try {
            MessageDigest digest = MessageDigest.getInstance("SHA-256");
            return HexFormat.of().formatHex(digest.digest(Files.readAllBytes(folder.resolve(name))));
        } catch (NoSuchAlgorithmException e) {
            throw new AssertionError("each Java has SHA-256", e);
        }
    }

    /// What both sides do.
    private abstract class Side implements EndpointHandler {
        @Override
        public void fileOffered(Connection connection, FileOffer offer) {
            FileTransfer _ = offer.accept(folder.resolve(RECEIVED + offer.name()));
        }

        @Override
        public void fileCompleted(Connection connection, FileTransfer file, TransferOutcome outcome) {
            if (outcome.isCompleted()) {
                over.countDown();
            } else {
                Throwable cause = outcome.cause();
                fail(file.name() + ": " + outcome.kind() + (cause == null ? "" : " (" + cause.getMessage() + ")"));
            }
        }
    }
}
