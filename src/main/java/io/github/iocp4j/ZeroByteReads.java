package io.github.iocp4j;

import io.github.iocp4j.internal.concurrent.Claim;
import io.github.iocp4j.memory.BufferPool;
import io.github.iocp4j.memory.IoBuffer;
import io.github.iocp4j.net.TcpChannel;
import io.github.iocp4j.port.CompletionPort;
import io.github.iocp4j.port.IoWorker;
import io.github.iocp4j.port.Operation;
import io.github.iocp4j.port.OperationHandler;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/// The article's answer to WSAENOBUFS (section 3.6.1): one zero-byte overlapped read waits for data, and
/// non-blocking reads take it.
///
/// The zero-byte read is either in flight, or home and then followed by non-blocking reads until the socket
/// would block; never both, so that no two workers can chase each other. While the connection is idle it holds
/// no buffer.
final class ZeroByteReads implements Receiver, OperationHandler {
    private enum State {
        /// The zero-byte read is home, and nothing is known to have arrived: it is to be made.
        DUE,
        /// The zero-byte read is in flight. Set under the claim, ended by who brings it home.
        WAITING,
        /// The zero-byte read is home: there may be something to receive. Ended by the holder of the turn, when
        /// the socket would block.
        READABLE
    }

    private final ConnectionContext context;
    private final EndpointResources resources;
    private final BufferPool pool;
    private final int bufferBytes;
    private final Operation operation;
    private final Claim claim = new Claim();
    private final MemoryRetry retry;

    /// One variable: between two of them the holder of the turn could take all that has arrived and ask in vain
    /// for a new read, which seemed to be in flight still.
    private volatile State state = State.DUE;

    /// How the zero-byte read ended: 0 or a Winsock code. Written before [State#READABLE].
    private int readyCode;

    private volatile boolean stopped;
    private @Nullable IoBuffer taken;
    private @Nullable TcpChannel channel;

    ZeroByteReads(ConnectionContext context, MemoryRetry retry, EndpointOptions options, CompletionPort port) {
        this.context = context;
        this.retry = retry;
        resources = context.resources();
        pool = resources.receivePool();
        bufferBytes = options.bufferBytes();
        operation = Objects.requireNonNull(port.acquire(this, null), "the port has operations for each connection");
    }

    @Override
    public void open(TcpChannel to) {
        channel = to;
        stopped = false;
    }

    @Override
    public boolean submit(IoWorker worker) {
        if (!claim.enter()) {
            return false;
        }
        boolean arrived = false;
        do {
            if (isDue()) {
                if (worker.inlineLeft() > 0) {
                    arrived |= submitOne(worker);
                } else {
                    context.request(ConnectionContext.READ);
                }
            }
        } while (!claim.leave());
        return arrived;
    }

    @Override
    public void completed(Operation done, IoWorker worker) {
        home(context.channel().outcome(done));
        context.runTurn(worker);
        context.exitIo(worker);
    }

    @Override
    public int poll(IoWorker worker) {
        if (state != State.READABLE || retry.isWaiting()) {
            return NOTHING;
        }
        if (worker.inlineLeft() <= 0) {
            context.request(ConnectionContext.TURN);
            return NOTHING;
        }
        return readyCode == 0 ? receiveNow(worker) : failed(readyCode);
    }

    @Override
    public IoBuffer takeBuffer() {
        IoBuffer buffer = taken;
        if (buffer == null) {
            throw new AssertionError("a read with bytes has a buffer");
        }
        taken = null;
        return buffer;
    }

    @Override
    public void stop() {
        stopped = true;
    }

    @Override
    public void resume(long now) {
        retry.resume(now);
    }

    @Override
    public boolean spare() {
        return false;
    }

    /// Whether the zero-byte read is in flight, or there may be something to receive without one.
    boolean isActive() {
        return state != State.DUE;
    }

    @Override
    public boolean isDrained() {
        return state == State.DUE;
    }

    @Override
    public void reset() {
        stopped = true;
        state = State.DUE;
        retry.reset();
    }

    @Override
    public void giveBackOperations() {
        operation.release();
    }

    private boolean isDue() {
        return !stopped && state == State.DUE && !retry.isWaiting();
    }

    private boolean submitOne(IoWorker worker) {
        TcpChannel to = channel();
        // Written before the call: the packet may be handled before WSARecv returns.
        state = State.WAITING;
        context.enterIo();
        int code = to.receiveReady(operation);
        if (code == TcpChannel.PENDING) {
            if (stopped) {
                // Whoever stopped the reads has cancelled them, perhaps before this one was made.
                to.cancel(operation);
            }
            return false;
        }
        worker.countInline();
        if (code == 0) {
            resources.state(worker).readsInline++;
        }
        home(code);
        context.exitIoNotLast();
        return true;
    }

    private void home(int code) {
        if (MemoryRetry.isShortage(code)) {
            // In this order: the alarm finds the read home, however soon it comes.
            state = State.DUE;
            refused();
            return;
        }
        readyCode = code;
        state = State.READABLE;
    }

    private int receiveNow(IoWorker worker) {
        IoBuffer buffer = pool.take(bufferBytes);
        if (buffer == null) {
            resources.shortages().countMissingBuffer();
            retry.later();
            return NOTHING;
        }
        int result = channel().receiveNow(buffer.address(), buffer.capacity());
        if (result > 0) {
            countRead(worker, result == buffer.capacity());
            retry.succeeded();
            taken = buffer;
            return result;
        }
        buffer.release();
        if (result == -TcpChannel.WOULD_BLOCK) {
            state = State.DUE;
            context.requestReads(worker);
            return NOTHING;
        }
        worker.countInline();
        if (MemoryRetry.isShortage(-result)) {
            refused();
            return NOTHING;
        }
        return result == 0 ? ended() : failed(-result);
    }

    /// A read that fills its buffer counts twice: there is more where this came from, and others may have less. One
    /// that finds nothing does not count: it only tells that the connection has had its turn.
    private static void countRead(IoWorker worker, boolean isFull) {
        worker.countInline();
        if (isFull) {
            worker.countInline();
        }
    }

    private void refused() {
        resources.shortages().countRefusedZeroByteRead();
        resources.lockedPages().refused();
        retry.later();
    }

    private int ended() {
        stopped = true;
        state = State.DUE;
        return 0;
    }

    private int failed(int code) {
        stopped = true;
        state = State.DUE;
        return -code;
    }

    private TcpChannel channel() {
        TcpChannel to = channel;
        if (to == null) {
            throw new AssertionError("reads are made on an open connection");
        }
        return to;
    }
}
