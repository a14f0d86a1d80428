package io.github.iocp4j;

import io.github.iocp4j.error.WinsockException;
import io.github.iocp4j.net.TcpChannel;
import io.github.iocp4j.net.TcpTransport;
import io.github.iocp4j.port.IoWorker;
import io.github.iocp4j.port.Operation;
import java.io.IOException;
import java.net.InetSocketAddress;
import org.jspecify.annotations.Nullable;

/// One connect on its way: begun by a packet, so that all is done on I/O workers, and ended by the packet of its
/// ConnectEx.
///
/// It uses the operation of the wake-up packet of the context that it has reserved, in which there is no
/// connection yet.
final class Connector {
    /// What the endpoint does with the outcome.
    interface Outcome {
        void connected(Connector connector, TcpChannel channel, IoWorker worker) throws IOException;

        void failed(Connector connector, IOException cause);
    }

    private final TcpTransport transport;
    private final ConnectionContext context;
    private final Outcome outcome;
    private final InetSocketAddress remote;
    private final @Nullable Object attachment;
    private volatile @Nullable TcpChannel channel;
    private volatile boolean cancelled;

    Connector(
            TcpTransport transport,
            ConnectionContext context,
            Outcome outcome,
            InetSocketAddress remote,
            @Nullable Object attachment) {
        this.transport = transport;
        this.context = context;
        this.outcome = outcome;
        this.remote = remote;
        this.attachment = attachment;
    }

    ConnectionContext context() {
        return context;
    }

    InetSocketAddress remote() {
        return remote;
    }

    @Nullable
    Object attachment() {
        return attachment;
    }

    /// Begins, from any thread.
    void begin() {
        context.wakeUp().lend(this);
        context.wakeUp().post();
    }

    /// Gives up, from any thread: the outcome is a failure, unless the connection is made already.
    void cancel() {
        cancelled = true;
        TcpChannel open = channel;
        if (open != null) {
            open.abort();
        }
    }

    /// A packet of the operation has come: the one that begins, or that of ConnectEx.
    void advance(Operation operation, IoWorker worker) {
        TcpChannel open = channel;
        if (open != null) {
            finish(open, open.outcome(operation), worker);
            return;
        }
        TcpChannel fresh;
        try {
            fresh = transport.newChannel(remote, context.index());
        } catch (IOException e) {
            end();
            outcome.failed(this, e);
            return;
        }
        channel = fresh;
        if (cancelled) {
            fresh.abort();
        }
        int code = fresh.connect(operation, remote);
        if (code != TcpChannel.PENDING) {
            worker.countInline();
            finish(fresh, code, worker);
        }
    }

    private void finish(TcpChannel open, int connectCode, IoWorker worker) {
        int code = connectCode == 0 ? open.finishConnect() : connectCode;
        end();
        if (code != 0) {
            open.abort();
            outcome.failed(this, new WinsockException("ConnectEx", code));
            return;
        }
        try {
            outcome.connected(this, open, worker);
        } catch (IOException e) {
            open.abort();
            outcome.failed(this, e);
        }
    }

    /// The operation is the wake-up packet's again.
    private void end() {
        context.wakeUp().lend(null);
    }
}
