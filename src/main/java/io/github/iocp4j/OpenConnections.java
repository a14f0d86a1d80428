package io.github.iocp4j;

import io.github.iocp4j.internal.concurrent.IndexedPool;
import io.github.iocp4j.memory.IoBuffer;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/// The connections of an endpoint, found by their ids, or all of them one after another.
///
/// Who goes through all looks at each context once, and reaches its connection by its generation only: so none is
/// met twice, and one that opens in the same context meanwhile is not taken for the one that was there. Nothing
/// here waits or holds a lock. Any thread.
final class OpenConnections {
    private final IndexedPool<ConnectionContext> contexts;

    OpenConnections(IndexedPool<ConnectionContext> contexts) {
        this.contexts = contexts;
    }

    /// The open connection with this id, or `null`.
    @Nullable
    Connection find(long id) {
        Connection connection = findUnreleased(id);
        return connection != null && connection.isOpen() ? connection : null;
    }

    /// The connection with this id, which may be closing, or `null`.
    @Nullable
    Connection findUnreleased(long id) {
        ConnectionContext context = contexts.get((int) id);
        Connection connection = context == null ? null : context.connection();
        return connection != null && connection.id() == id ? connection : null;
    }

    /// What all pending-I/O counts add up to.
    long pendingIo() {
        long sum = 0;
        for (int i = 0; i < contexts.numbered(); i++) {
            ConnectionContext context = contexts.get(i);
            sum += context == null ? 0 : context.pendingIo();
        }
        return sum;
    }

    /// Closes all that are open now.
    ///
    /// @return how many
    int closeAll() {
        int closed = 0;
        for (int i = 0; i < contexts.numbered(); i++) {
            Connection connection = connection(i);
            if (connection != null && connection.isOpen()) {
                connection.close();
                closed++;
            }
        }
        return closed;
    }

    /// Cuts all that are not over and that `which` names.
    ///
    /// @return how many
    int abortAll(CloseReason reason, Predicate<Connection> which) {
        int cut = 0;
        for (int i = 0; i < contexts.numbered(); i++) {
            Connection connection = connection(i);
            if (connection != null && !connection.isReleased() && which.test(connection)) {
                connection.abort(reason);
                cut++;
            }
        }
        return cut;
    }

    /// Sends a part of `buffer` to all connections that have been announced to the handler. Whoever calls holds a
    /// reference.
    Broadcast broadcast(IoBuffer buffer, int offset, int length, SlowPeers slowPeers) {
        int taken = 0;
        int skipped = 0;
        int cut = 0;
        for (int i = 0; i < contexts.numbered(); i++) {
            ConnectionContext context = contexts.get(i);
            // The connection first: should the context be another's by then, its generation is stale.
            Connection connection = context == null ? null : context.connection();
            if (context == null || connection == null || !context.isAnnounced()) {
                continue;
            }
            switch (connection.share(buffer, offset, length)) {
                case QUEUED, ABOVE_MARK -> taken++;
                case CLOSED -> {}
                case REFUSED_FULL -> {
                    if (slowPeers == SlowPeers.CUT && context.sendMarks().isAbove()) {
                        connection.abort(new CloseReason(CloseReason.Kind.TOO_SLOW, null));
                        cut++;
                    } else {
                        skipped++;
                    }
                }
            }
        }
        return new Broadcast(taken, skipped, cut);
    }

    private @Nullable Connection connection(int index) {
        ConnectionContext context = contexts.get(index);
        return context == null ? null : context.connection();
    }
}
