package io.github.iocp4j.frame;

import java.lang.foreign.MemorySegment;

/// How the messages of a protocol lie in its stream of bytes: where each frame begins and ends, and what is put in
/// front of one that is sent.
///
/// One object serves all connections of an endpoint, from any thread: what belongs to a connection belongs into
/// its decoder. The numbers that it tells of itself never change.
public interface Framing {
    /// The most bytes that a header has which is sent, and that [FrameDecoder#decode] may ask to see at once.
    int MOST_HEADER_BYTES = 64;

    /// The article's wire format: the length of the payload in 4 bytes, little-endian and unsigned, which does not
    /// count itself, and then the payload.
    static Framing lengthPrefixed() {
        return LengthPrefixed.INSTANCE;
    }

    /// No frames at all: each chunk that has been received is given to the handler as it is, and what is sent goes
    /// out as it is. A chunk has at most `bufferBytes` bytes, and says nothing about what the peer sent at once. A
    /// payload of no bytes is nothing at all.
    static Framing raw() {
        return Raw.INSTANCE;
    }

    /// A decoder for a new connection, or one that serves all when it remembers nothing. Called once a connection,
    /// on the I/O worker that serves it, when its `connected` has returned; an exception closes the connection as
    /// one that a handler throws.
    FrameDecoder newDecoder();

    /// The most bytes that [#encodeHeader] writes: 0 to [#MOST_HEADER_BYTES].
    int maxHeaderBytes();

    /// The most payload bytes that a frame can have: from 1. No endpoint is built whose `maxFrameBytes` is above.
    default int maxPayloadBytes() {
        return Integer.MAX_VALUE;
    }

    /// Writes the header of a frame that is being sent, on the thread that sends it; several may do so at once. An
    /// exception reaches the caller of `send`, and nothing is sent.
    ///
    /// @param payloadBytes the length of the payload: 0 to [#maxPayloadBytes]
    /// @param header [#maxHeaderBytes] bytes of memory for it, to be filled from the start and not to be kept
    /// @return how many bytes the header has
    int encodeHeader(int payloadBytes, MemorySegment header);
}
