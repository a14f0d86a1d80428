package io.github.iocp4j.frame;

import org.jspecify.annotations.Nullable;

/// What a [FrameDecoder] says about the next bytes of a stream: first [#header] bytes, then [#payload] bytes, then
/// [#trailer] bytes, and whether that is the [#end] of the frame.
///
/// Each of the three may be none, but not all: a frame ends with the answer that takes its last byte. A frame may
/// also be cut by several answers; then its payload is what all of them call so. Payload beyond [#maxFrameBytes]
/// closes the connection, as soon as it is announced.
///
/// One object is used again and again by one thread at a time. Tests of a decoder make their own.
public final class FrameCut {
    private final int maxFrameBytes;
    private long header;
    private long payload;
    private long trailer;
    private boolean end;
    private @Nullable String malformation;

    /// An empty answer.
    ///
    /// @param maxFrameBytes the most payload bytes of a frame
    public FrameCut(int maxFrameBytes) {
        this.maxFrameBytes = maxFrameBytes;
    }

    /// The next bytes belong to the framing, and are thrown away.
    ///
    /// @param bytes how many, from 0
    /// @return this
    public FrameCut header(long bytes) {
        header = checked("header", bytes);
        return this;
    }

    /// The bytes behind the header, if there is one, are payload.
    ///
    /// @param bytes how many, from 0; more than a frame may have closes the connection
    /// @return this
    public FrameCut payload(long bytes) {
        payload = checked("payload", bytes);
        return this;
    }

    /// The bytes behind the payload belong to the framing, and are thrown away.
    ///
    /// @param bytes how many, from 0
    /// @return this
    public FrameCut trailer(long bytes) {
        trailer = checked("trailer", bytes);
        return this;
    }

    /// The frame ends behind these bytes.
    public void end() {
        end = true;
    }

    /// The peer does not keep to the protocol: its connection is closed. Nothing else counts then.
    ///
    /// @param why what is wrong, for the log of the user
    public void malformed(String why) {
        malformation = why;
    }

    /// The most payload bytes of a frame.
    public int maxFrameBytes() {
        return maxFrameBytes;
    }

    /// How many bytes are header.
    public long headerBytes() {
        return header;
    }

    /// How many bytes are payload.
    public long payloadBytes() {
        return payload;
    }

    /// How many bytes are trailer.
    public long trailerBytes() {
        return trailer;
    }

    /// Whether the frame ends behind them.
    public boolean isEnd() {
        return end;
    }

    /// What is wrong with the stream, or `null`.
    public @Nullable String malformation() {
        return malformation;
    }

    /// Whether nothing has been said of any byte: the decoder wants to see more.
    public boolean isEmpty() {
        return (header | payload | trailer) == 0;
    }

    /// Makes it empty again.
    public void clear() {
        header = 0;
        payload = 0;
        trailer = 0;
        end = false;
        malformation = null;
    }

    private static long checked(String part, long bytes) {
        if (bytes < 0) {
            throw new IllegalArgumentException(part + "=" + bytes + ": must be 0 or more bytes");
        }
        return bytes;
    }
}
