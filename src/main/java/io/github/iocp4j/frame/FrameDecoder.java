package io.github.iocp4j.frame;

import java.lang.foreign.MemorySegment;

/// Finds the frames in the stream of one connection. It is used by one thread at a time, though not always by the
/// same one, and should allocate nothing.
@FunctionalInterface
public interface FrameDecoder {
    /// Looks at the next bytes of the stream and says by `cut` what the first of them are: a header, payload, a
    /// trailer, and whether the frame ends with them. The next call begins behind these.
    ///
    /// The stream may be cut anywhere between two calls, so also in the middle of a header. A decoder that can't
    /// decide yet says nothing: then the same bytes come again, with more behind them. Once it sees
    /// [Framing#MOST_HEADER_BYTES] it has to decide. What it says may go beyond `to`: a header that tells the
    /// length of the payload is answered with the whole length, and the next call comes when all that has been
    /// received.
    ///
    /// An exception closes the connection as one that a handler throws; for what the peer does wrong there is
    /// [FrameCut#malformed].
    ///
    /// @param bytes the memory, native or not, to be read from `from` to `to` only, and not to be kept
    /// @param from where the next byte of the stream lies
    /// @param to where the last one of those that are there ends: above `from`
    /// @param cut takes the answer; empty when this is called
    void decode(MemorySegment bytes, int from, int to, FrameCut cut);
}
