package io.github.iocp4j;

/// What has become of the data of a `send`.
public enum SendResult {
    /// It will be sent, in its turn.
    QUEUED,

    /// It will be sent, in its turn; but the connection's queue is above its high mark now: a polite sender waits
    /// for [EndpointHandler#writable].
    ABOVE_MARK,

    /// Not taken: the queue's hard limit or a budget of the endpoint would be passed. Nothing was sent; try again
    /// after [EndpointHandler#writable].
    REFUSED_FULL,

    /// Not taken: the connection is closed or closing.
    CLOSED
}
