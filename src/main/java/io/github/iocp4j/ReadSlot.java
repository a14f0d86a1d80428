package io.github.iocp4j;

import io.github.iocp4j.memory.IoBuffer;
import io.github.iocp4j.net.TcpChannel;
import io.github.iocp4j.port.CompletionPort;
import io.github.iocp4j.port.IoWorker;
import io.github.iocp4j.port.Operation;
import io.github.iocp4j.port.OperationHandler;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/// One of a connection's pending reads: its operation, the buffer that belongs to Windows while it is in
/// flight, its number in the stream, and, once home, its own result.
final class ReadSlot implements OperationHandler {
    /// The result of a read that Windows refused for want of memory, or that was cancelled to give up its
    /// pages: its number is skipped.
    static final int EMPTY = Integer.MIN_VALUE + 1;

    private final PendingReads reads;
    private final ConnectionContext context;
    private final Operation operation;
    private @Nullable IoBuffer buffer;
    private long number;
    private int lockedPages;
    private int result;

    /// Written last by who brings the read home, read first by who takes it.
    private volatile boolean home;

    ReadSlot(PendingReads reads, ConnectionContext context, CompletionPort port) {
        this.reads = reads;
        this.context = context;
        operation = Objects.requireNonNull(port.acquire(this, null), "the port has operations for each connection");
    }

    /// @param pages how many pages the read locks
    void prepare(long itsNumber, IoBuffer into, int pages) {
        number = itsNumber;
        buffer = into;
        lockedPages = pages;
    }

    int receive(TcpChannel channel, IoBuffer into) {
        return channel.receive(operation, into.address(), into.capacity());
    }

    /// Cancels the read, if it is still in flight.
    void cancel(TcpChannel channel) {
        if (!home) {
            channel.cancel(operation);
        }
    }

    void finishInline(int code, IoWorker worker) {
        park(code, worker);
    }

    @Override
    public void completed(Operation done, IoWorker worker) {
        park(context.channel().outcome(done), worker);
        context.runTurn(worker);
        context.exitIo(worker);
    }

    boolean isHome() {
        return home;
    }

    /// The number of bytes, 0 for the end of the stream, [#EMPTY], or the negated Winsock code.
    int result() {
        return result;
    }

    /// Frees the place for another number.
    IoBuffer takeBuffer() {
        IoBuffer into = buffer;
        if (into == null) {
            throw new AssertionError("a read has a buffer until it is taken");
        }
        buffer = null;
        home = false;
        return into;
    }

    void giveBackOperation() {
        operation.release();
    }

    private void park(int code, IoWorker worker) {
        context.resources().lockedPages().unlock(lockedPages);
        if (code == 0) {
            result = operation.bytesTransferred();
        } else {
            // Nobody but ourselves cancels a read of a connection that goes on.
            boolean isGivenUp = code == TcpChannel.ABORTED && !reads.isStopped();
            result = isGivenUp || MemoryRetry.isShortage(code) ? EMPTY : -code;
        }
        if (reads.isAhead(number)) {
            context.state(worker).readsParked++;
        }
        home = true;
    }
}
