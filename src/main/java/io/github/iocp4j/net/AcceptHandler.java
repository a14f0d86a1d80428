package io.github.iocp4j.net;

import io.github.iocp4j.memory.IoBuffer;
import java.net.InetSocketAddress;
import org.jspecify.annotations.Nullable;

/// Told what a [TcpListener] accepts. The methods run on I/O workers, several at once when several accepts are
/// pending.
public interface AcceptHandler {
    /// A peer has connected. The channel belongs to the handler, which associates it with the port
    /// ([TcpChannel#associate]) before the first submission, or closes it.
    void accepted(TcpChannel channel, InetSocketAddress local, InetSocketAddress remote);

    /// A peer has connected and sent its first data: for a listener with [ListenOptions#withData], instead of
    /// [#accepted]. What it sends further comes by receives.
    ///
    /// @param data its first [IoBuffer#used] bytes, of the buffer that [#takeBuffer] gave; belongs to the handler
    default void acceptedWithData(
            TcpChannel channel, InetSocketAddress local, InetSocketAddress remote, IoBuffer data) {
        data.release();
        channel.abort();
    }

    /// A buffer for the first data of a connection, of 256 bytes or more, the last 88 of which are for Windows. It
    /// belongs to the listener until [#acceptedWithData].
    ///
    /// @return the buffer, or `null` when there is no memory for it now: then the accept is tried again later
    default @Nullable IoBuffer takeBuffer() {
        return null;
    }

    /// A peer that had connected to a listener with [ListenOptions#withData] has sent nothing in time, or has
    /// ended its stream without a word, and is closed.
    default void neverSent() {}

    /// An accept failed: that peer left before it was served, or Windows was short of memory. Listening goes on by
    /// itself.
    ///
    /// @param code the Winsock code
    default void acceptFailed(int code) {}

    /// The listener is closed, its address is free, its last accept is home and every other call here has
    /// returned: nothing more will be called. Exactly once, on an I/O worker, on the thread that closes the
    /// listener.
    default void listenerClosed() {}
}
