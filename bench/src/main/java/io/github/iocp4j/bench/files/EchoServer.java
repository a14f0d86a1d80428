package io.github.iocp4j.bench.files;

import io.github.iocp4j.Connection;
import io.github.iocp4j.EndpointHandler;
import io.github.iocp4j.Frame;
import io.github.iocp4j.SendResult;
import io.github.iocp4j.transfer.FileOffer;
import io.github.iocp4j.transfer.FileTransfer;
import io.github.iocp4j.transfer.TransferOutcome;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/// Answers each frame with itself; receives files, and offers one to each client, where it is told to.
public final class EchoServer implements EndpointHandler {
    private final PrintWriter out;
    private final @Nullable Inbox inbox;
    private final @Nullable Path offer;
    private final RandomDisconnects disconnects;

    /// @param out is told of each file
    /// @param inbox where files are received, or `null` when they are declined
    /// @param offer what is offered to each client, or `null`
    public EchoServer(PrintWriter out, @Nullable Inbox inbox, @Nullable Path offer, RandomDisconnects disconnects) {
        this.out = out;
        this.inbox = inbox;
        this.offer = offer;
        this.disconnects = disconnects;
    }

    /// When the files of a connection began: one in each direction at a time.
    private static final class Begun {
        volatile long sending;
        volatile long receiving;
    }

    @Override
    public void connectionAllocated(Connection connection) {
        if (inbox != null || offer != null) {
            connection.attach(new Begun());
        }
    }

    @Override
    public void connected(Connection connection) {
        if (offer != null) {
            begun(connection).sending = System.nanoTime();
            FileTransfer _ = connection.sendFile(offer);
        }
    }

    @Override
    public void frameReceived(Connection connection, Frame frame) {
        if (!disconnects.strike(connection) && connection.send(frame) == SendResult.REFUSED_FULL) {
            // One answer to each frame is promised room. Were it not so, a stream with a gap would be worse than
            // none.
            connection.abort();
        }
    }

    @Override
    public void fileOffered(Connection connection, FileOffer offered) {
        Inbox into = inbox;
        // A job, because the inbox looks at the disk.
        if (into == null || !connection.addJob((Runnable) () -> accept(connection, into, offered))) {
            offered.decline();
        }
    }

    @Override
    public void fileCompleted(Connection connection, FileTransfer file, TransferOutcome outcome) {
        Begun begun = begun(connection);
        long nanos = System.nanoTime() - (file.isOutgoing() ? begun.sending : begun.receiving);
        if (inbox != null && !file.isOutgoing()) {
            inbox.release(file.path());
        }
        out.println(new FileResult(connection, file, outcome, nanos).line());
        out.flush();
    }

    private static void accept(Connection connection, Inbox into, FileOffer offered) {
        begun(connection).receiving = System.nanoTime();
        FileTransfer _ = into.accept(offered);
    }

    private static Begun begun(Connection connection) {
        return (Begun) Objects.requireNonNull(connection.attachment());
    }
}
