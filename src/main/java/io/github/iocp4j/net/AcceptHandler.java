package io.github.iocp4j.net;

import java.net.InetSocketAddress;

/// Told what a [TcpListener] accepts. The methods run on I/O workers, several at once when several accepts are
/// pending.
public interface AcceptHandler {
    /// A peer has connected. The channel belongs to the handler, which associates it with the port
    /// ([TcpChannel#associate]) before the first submission, or closes it.
    void accepted(TcpChannel channel, InetSocketAddress local, InetSocketAddress remote);

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
