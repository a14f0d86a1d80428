package io.github.iocp4j.simulation;

import io.github.iocp4j.simulation.network.StreamEnd;
import java.net.InetSocketAddress;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/// A TCP socket of the simulated process.
final class SimulatedSocket {
    enum State {
        FRESH,
        BOUND,
        LISTENING,
        ACCEPTING,
        CONNECTING,
        CONNECTED,
        FAILED
    }

    static final long NEVER = -1;

    final long handle;
    final int family;
    final boolean isOverlapped;
    final PendingReceives receives;
    final PendingSends sends;
    final PendingConnect connect;
    final PendingFirstData firstData;
    final Map<Long, byte[]> options = new TreeMap<>();
    State state = State.FRESH;
    boolean closed;
    boolean skipsOnSuccess;
    boolean nonBlocking;

    /// Whether SO_UPDATE_ACCEPT_CONTEXT or SO_UPDATE_CONNECT_CONTEXT was set.
    boolean contextUpdated;

    long key;

    /// When it was given its connection, by an AcceptEx.
    long connectedAt = NEVER;

    @Nullable
    SimulatedPort port;

    @Nullable
    InetSocketAddress bound;

    @Nullable
    PendingAccepts accepts;

    /// The listener that this one was accepted from.
    @Nullable
    SimulatedSocket listener;

    /// This side of the connection, once there is one.
    @Nullable
    StreamEnd end;

    SimulatedSocket(SimulatedKernel kernel, long handle, int family, boolean isOverlapped) {
        this.handle = handle;
        this.family = family;
        this.isOverlapped = isOverlapped;
        receives = new PendingReceives(kernel, this);
        sends = new PendingSends(kernel, this);
        connect = new PendingConnect(kernel, this);
        firstData = new PendingFirstData(kernel, this);
    }

    void connected(StreamEnd stream) {
        state = State.CONNECTED;
        end = stream;
        stream.onChange(() -> {
            receives.wake();
            sends.wake();
        });
    }

    boolean isConnectedAndUpdated() {
        return state == State.CONNECTED && contextUpdated;
    }

    /// Marks operations as cancelled.
    ///
    /// @param overlapped which one, or 0 for all
    /// @return whether any was found
    boolean cancel(long overlapped) {
        boolean found = receives.cancel(overlapped);
        found |= sends.cancel(overlapped);
        found |= connect.cancel(overlapped);
        found |= accepts != null && accepts.cancel(overlapped);
        found |= accepts != null && accepts.cancelReceiving(overlapped);
        return found;
    }

    /// An operation that pends and that nobody cancelled, or `null`.
    @Nullable
    Operation uncancelled() {
        Operation found = receives.uncancelled();
        found = found == null ? sends.uncancelled() : found;
        found = found == null ? connect.uncancelled() : found;
        return found == null && accepts != null ? accepts.uncancelled() : found;
    }

    /// The handle is gone; what still pends ends as cancelled.
    void close(boolean byReset) {
        closed = true;
        boolean cut = byReset || sends.isPending() || (receives.uncancelled() != null && !outputEnded());
        cancel(0);
        firstData.cancel(0);
        if (accepts != null) {
            accepts.close();
        }
        StreamEnd stream = end;
        if (stream != null) {
            if (cut) {
                stream.abort();
            } else {
                stream.close();
            }
        }
    }

    private boolean outputEnded() {
        return end != null && end.outputEnded();
    }

    @Override
    public String toString() {
        return "socket " + handle + " (" + state + ")";
    }
}
