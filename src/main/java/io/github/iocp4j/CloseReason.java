package io.github.iocp4j;

import org.jspecify.annotations.Nullable;

/// Why a connection has ended: the first reason that there was.
///
/// @param kind what happened
/// @param cause the error behind it: a [io.github.iocp4j.error.WinsockException] with the code of the call, what
/// a handler threw, or a [java.net.ProtocolException]; `null` for an orderly end
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
        /// The peer announced a frame above [EndpointOptions#maxFrameBytes], or sent that much of one.
        FRAME_TOO_LONG,
        /// The peer did not keep to the protocol of [EndpointOptions#framing]; the cause, a
        /// [java.net.ProtocolException], has the decoder's words.
        FRAME_INVALID,
        /// There was no memory left, within the limits of the endpoint, to put a frame of several buffers
        /// together.
        OUT_OF_BUFFERS,
        /// A callback, or the decoder of [EndpointOptions#framing], threw an exception.
        HANDLER_FAILED,
        /// The endpoint is closing.
        ENDPOINT_CLOSED
    }
}
