package io.github.iocp4j;

import io.github.iocp4j.admission.Admission;
import io.github.iocp4j.admission.Refusal;
import io.github.iocp4j.memory.IoBuffer;
import io.github.iocp4j.net.AcceptHandler;
import io.github.iocp4j.net.TcpChannel;
import io.github.iocp4j.port.IoWorker;
import java.io.IOException;
import java.net.InetSocketAddress;
import org.jspecify.annotations.Nullable;

/// What an endpoint does with the connections that its listeners bring: each is judged, and served or reset, and
/// counted as one or the other.
final class Acceptor implements AcceptHandler {
    private static final System.Logger LOG = System.getLogger(IocpEndpoint.class.getName());

    private final Admission admission;
    private final ConnectionCounts counts;
    private final Shortages shortages;
    private final Places places;

    /// What the endpoint has for a connection that was admitted.
    interface Places {
        /// A context, or `null` when all are taken, or the endpoint is closing.
        @Nullable
        ConnectionContext take();

        void giveBack(ConnectionContext unused);

        /// Begins a connection.
        ///
        /// @param early what has come already, which the connection releases; unless this throws
        void open(
                ConnectionContext context, TcpChannel channel, Origin origin, @Nullable IoBuffer early, IoWorker worker)
                throws IOException;

        /// A buffer for what arrives, or `null`.
        @Nullable
        IoBuffer takeBuffer();

        boolean isClosing();

        /// A listener is closed.
        void listenerClosed();
    }

    Acceptor(Admission admission, ConnectionCounts counts, Shortages shortages, Places places) {
        this.admission = admission;
        this.counts = counts;
        this.shortages = shortages;
        this.places = places;
    }

    @Override
    public void accepted(TcpChannel channel, InetSocketAddress local, InetSocketAddress remote) {
        boolean _ = serve(channel, new Origin(local, remote, true, null), null);
    }

    @Override
    public void acceptedWithData(TcpChannel channel, InetSocketAddress local, InetSocketAddress remote, IoBuffer data) {
        if (!serve(channel, new Origin(local, remote, true, null), data)) {
            data.release();
        }
    }

    @Override
    public @Nullable IoBuffer takeBuffer() {
        return places.takeBuffer();
    }

    @Override
    public void neverSent() {
        counts.countNeverSent();
    }

    /// @return whether it is a connection now, and no longer our business
    private boolean serve(TcpChannel channel, Origin origin, @Nullable IoBuffer early) {
        InetSocketAddress remote = origin.remote();
        Refusal refusal = admission.judge(origin.local(), remote);
        if (refusal != null) {
            channel.abort();
            counts.countRefused(refusal);
            return false;
        }
        IoWorker worker = IoWorker.current();
        ConnectionContext context = worker == null ? null : places.take();
        if (worker == null || context == null) {
            admission.left(remote);
            channel.abort();
            counts.countUnplaced(places.isClosing());
            return false;
        }
        try {
            channel.associate(context.index());
            places.open(context, channel, origin, early, worker);
        } catch (IOException e) {
            admission.left(remote);
            channel.abort();
            places.giveBack(context);
            counts.countFailedAccept();
            LOG.log(System.Logger.Level.WARNING, "an accepted connection could not be used", e);
            return false;
        }
        counts.countAccepted();
        return true;
    }

    @Override
    public void acceptFailed(int code) {
        if (MemoryRetry.isShortage(code)) {
            shortages.countRefusedAccept();
        } else {
            counts.countFailedAccept();
        }
    }

    @Override
    public void listenerClosed() {
        places.listenerClosed();
    }
}
