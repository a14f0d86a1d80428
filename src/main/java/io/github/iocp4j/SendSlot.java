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
    private final SendQueue queue;
    private final ConnectionContext context;
    private final Operation operation;
    private final int bit;
    private @Nullable SendNode nodes;
    private long bytes;

    SendSlot(SendQueue queue, ConnectionContext context, CompletionPort port, int number) {
        this.queue = queue;
        this.context = context;
        bit = 1 << number;
        operation = Objects.requireNonNull(port.acquire(this, null), "the port has operations for each connection");
    }

    /// This slot in the set of free ones.
    int bit() {
        return bit;
    }

    void own(SendNode chain, long total) {
        nodes = chain;
        bytes = total;
    }

    /// How many bytes are to be sent.
    long bytes() {
        return bytes;
    }

    int send(TcpChannel channel, BufferVector vector) {
        return channel.send(operation, vector);
    }

    int transferred(int code) {
        return code == 0 ? operation.bytesTransferred() : 0;
    }

    @Override
    public void completed(Operation home, IoWorker worker) {
        int code = context.channel().outcome(home);
        int sent = transferred(code);
        context.state(worker).bytesSent += sent;
        boolean tell = queue.finished(this, code, sent);
        if (queue.hasWaiting()) {
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
        SendNode node = nodes;
        nodes = null;
        while (node != null) {
            SendNode next = node.next;
            pinned += node.pinnedBytes();
            share.give(node);
            node = next;
        }
        return pinned;
    }

    void giveBackOperation() {
        operation.release();
    }
}
