package io.github.iocp4j;

import org.jspecify.annotations.Nullable;

/// Why a connection has ended: the first reason that there was.
///
/// @param kind what happened
/// @param cause the error behind it: a [io.github.iocp4j.error.WinsockException] with the code of the call, or
/// what a handler threw; `null` for an orderly end
public record CloseReason(Kind kind, @Nullable Throwable cause) {
    /// What ends connections.
    public enum Kind {
        /// This side called [Connection#close].
        CLOSED,
        /// This side called [Connection#abort].
        ABORTED,
        /// The peer ended its stream, and [EndpointHandler#inputEnded] closed in answer.
        PEER_CLOSED,
        /// The peer reset the connection, or it was cut.
        RESET,
        /// A call failed in another way; the cause tells which.
        FAILED,
        /// The peer announced a frame above [EndpointOptions#maxFrameBytes].
        FRAME_TOO_LONG,
        /// There was no memory left, within the limits of the endpoint, to put a frame of several buffers
        /// together.
        OUT_OF_BUFFERS,
        /// A callback threw an exception.
        HANDLER_FAILED,
        /// The endpoint is closing; with a cause when its completion port has failed.
        ENDPOINT_CLOSED
    }
}
