package io.github.iocp4j.testing;

import java.io.IOException;
import java.net.InetSocketAddress;

/// A listening socket of the far end.
public interface PeerListener extends AutoCloseable {
    InetSocketAddress address();

    /// Waits for the next connection.
    Peer accept() throws IOException;

    @Override
    void close() throws IOException;
}
