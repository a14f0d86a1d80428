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
        /// The peer connected and sent nothing within
        /// [io.github.iocp4j.admission.AdmissionOptions#firstDataTimeout].
        NEVER_SENT,
        /// Its address was banned, by [IocpEndpoint#expel] or while it was being accepted.
        BANNED,
        /// The peer began a frame and did not send its end within [TimeLimits#frame].
        FRAME_TIMEOUT,
        /// There was no memory left, within the limits of the endpoint, to put a frame of several buffers
        /// together, and of all unfinished frames this connection's had had the most for the longest: bytes
        /// times time, so of frames of one size the oldest.
        OUT_OF_BUFFERS,
        /// The peer took nothing of what was sent to it within [TimeLimits#writeStall]; or within a tenth of it,
        /// longer than all others, while no memory was left for anybody's sends.
        WRITE_STALLED,
        /// A file was being sent and could not be sent to its end, which nothing but the end of the connection
        /// tells the peer: this side gave up, or the file could not be read or has become shorter; then with a
        /// cause. Or the peer has accepted a file that this side had given up before.
        FILE_ABORTED,
        /// The peer was too slow for a broadcast that cuts such peers: see [SlowPeers#CUT].
        TOO_SLOW,
        /// Nothing came or went for [TimeLimits#idle], and [EndpointHandler#idle] closed in answer.
        IDLE,
        /// A callback, or the decoder of [EndpointOptions#framing], threw an exception.
        HANDLER_FAILED,
        /// The endpoint is closing; with a cause when its completion port has failed.
        ENDPOINT_CLOSED
    }
}
