package io.github.iocp4j;

import io.github.iocp4j.net.BufferVector;
import io.github.iocp4j.net.TcpChannel;
import io.github.iocp4j.port.CompletionPort;
import io.github.iocp4j.port.IoWorker;
import io.github.iocp4j.port.Operation;
import io.github.iocp4j.port.OperationHandler;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/// One of a connection's sends: its operation, and the nodes that belong to Windows while it is in flight.
final class SendSlot implements OperationHandler {
    private final Sender sender;
    private final ConnectionContext context;
    private final Operation operation;
    private final int bit;
    private @Nullable SendNode nodes;

    /// For a piece of a node that is too large to be sent at once; made when first needed.
    private @Nullable SendNode part;

    private boolean partInFlight;
    private long bytes;
    private int pages;
    private int mark;
    private boolean isTransmit;

    SendSlot(Sender sender, ConnectionContext context, CompletionPort port, int number) {
        this.sender = sender;
        this.context = context;
        bit = 1 << number;
        operation = Objects.requireNonNull(port.acquire(this, null), "the port has operations for each connection");
    }

    /// This slot in the set of free ones.
    int bit() {
        return bit;
    }

    /// Takes over what the next send is made of: whole nodes.
    void own(SendNode chain, BufferVector vector, int touchedPages) {
        nodes = chain;
        mark = chain.mark();
        bytes = vector.totalBytes();
        pages = touchedPages;
    }

    /// Takes over a part of `node`, which stays in the queue with the rest.
    void ownPart(SendNode node, int count, BufferVector vector, SendNodes source) {
        SendNode piece = part;
        if (piece == null) {
            piece = source.newPart();
            part = piece;
        }
        node.cut(piece, count);
        mark = node.mark();
        partInFlight = true;
        piece.addTo(vector);
        bytes = vector.totalBytes();
        pages = piece.touchedPages();
    }

    /// Gives back what was not sent.
    ///
    /// @param queued the first node that is still in the queue
    /// @return the node that is the first now
    SendNode disown(@Nullable SendNode queued) {
        SendNode piece = part;
        if (piece != null && partInFlight) {
            partInFlight = false;
            if (queued == null) {
                throw new AssertionError("the rest of a node that was cut is in the queue");
            }
            queued.rejoin(piece);
            return queued;
        }
        SendNode chain = nodes;
        nodes = null;
        if (chain == null) {
            throw new AssertionError("a slot owns what it sends");
        }
        SendNode last = chain;
        for (SendNode node = chain.next; node != null; node = node.next) {
            last = node;
        }
        last.next = queued;
        return chain;
    }

    /// Takes over a part of a file, for TransmitFile: no memory of ours.
    void ownFile(int length) {
        isTransmit = true;
        mark = SendNode.FILE;
        bytes = length;
        pages = 0;
    }

    /// What kind of thing is sent.
    int mark() {
        return mark;
    }

    boolean isTransmit() {
        return isTransmit;
    }

    int pages() {
        return pages;
    }

    /// How many bytes are to be sent.
    long bytes() {
        return bytes;
    }

    int send(TcpChannel channel, BufferVector vector) {
        return channel.send(operation, vector);
    }

    int transmit(TcpChannel channel, FileSends files) {
        return files.submit(channel, operation);
    }

    int transferred(int code) {
        return code == 0 ? operation.bytesTransferred() : 0;
    }

    @Override
    public void completed(Operation home, IoWorker worker) {
        int code = context.channel().outcome(home);
        int sent = transferred(code);
        context.countSent(sent, worker);
        sender.progressed();
        boolean tell = sender.finished(this, code, sent);
        if (sender.hasWaiting()) {
            tell |= context.requestSends(worker);
        }
        if (tell) {
            context.runTurn(worker);
        }
        context.exitIo(worker);
    }

    /// Gives back the nodes of a send that is over.
    ///
    /// @return what the queue was charged with for them
    long releaseNodes(NodeShare share) {
        long pinned = 0;
        mark = SendNode.PLAIN;
        isTransmit = false;
        SendNode piece = part;
        if (piece != null && partInFlight) {
            partInFlight = false;
            pinned += piece.pinnedBytes();
            piece.clear();
        }
        pinned += share.giveAll(nodes);
        nodes = null;
        return pinned;
    }

    void giveBackOperation() {
        operation.release();
    }
}
