package io.github.iocp4j.admission;

import java.net.InetSocketAddress;

/// The program's own rule about who may connect, asked last of all rules.
@FunctionalInterface
public interface AcceptFilter {
    /// Whether a connection that was accepted is to be served; else it is reset. Runs on an I/O worker, several
    /// at once where there are several, before anything is done for the connection: it should not block, and
    /// above all ask no name server. An exception refuses the connection, and is logged.
    ///
    /// @param local the address of this side
    /// @param remote the address of the peer
    boolean accepts(InetSocketAddress local, InetSocketAddress remote);
}
