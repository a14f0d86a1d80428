package io.github.iocp4j;

import io.github.iocp4j.port.CompletionPort;

/// What a connection's context needs of its endpoint.
interface EndpointCore {
    CompletionPort port();

    EndpointOptions options();

    EndpointResources resources();

    EndpointHandler handler();

    Relief relief();

    EndpointJobs jobs();

    /// A number that no connection of the endpoint has had.
    int nextGeneration();

    boolean isClosing();

    /// Whether a connection that comes too late is to be ended by force.
    boolean isAborting();

    /// Whether the port has failed: then no packet comes any more.
    boolean isPortFailed();

    /// Why the connections of an endpoint that closes end.
    CloseReason closeReason();

    /// A connection has ended, for this reason.
    void disconnected(Connection connection, CloseReason reason);

    /// Whether the peer of a connection that was just accepted has been banned meanwhile.
    boolean isBanned(Connection accepted);

    /// The last operation of the context's connection is home: the context may be used again.
    void released(ConnectionContext context);
}
