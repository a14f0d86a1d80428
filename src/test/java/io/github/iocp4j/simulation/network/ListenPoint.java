package io.github.iocp4j.simulation.network;

/// Somebody who listens on an address.
public interface ListenPoint {
    /// Takes a new connection into the backlog.
    ///
    /// @return false when it is full: the client gets a RST
    boolean offer(StreamEnd end);
}
