package io.github.iocp4j.internal.file;

import io.github.iocp4j.internal.data.Utf8;
import io.github.iocp4j.memory.IoBuffer;

/// The frames of the article's file transfer, without their headers.
public final class Handshake {
    /// Here is a file: its size in 4 bytes, and its name.
    public static final int OFFER = 1;

    /// Send it.
    public static final int START = 2;

    /// Don't send it.
    public static final int ABORT = 3;

    /// Here is a file, of 4 GiB or more: its size in 8 bytes, and its name.
    public static final int LARGE_OFFER = 4;

    private static final long LARGE = 1L << 32;

    private Handshake() {}

    /// How many bytes an offer has.
    ///
    /// @throws IllegalArgumentException when the name has no UTF-8 that could be read again
    public static int offerBytes(String name, long size) {
        return (int) Math.min(
                Integer.MAX_VALUE, Byte.BYTES + (size < LARGE ? Integer.BYTES : Long.BYTES) + Utf8.encodedBytes(name));
    }

    /// Writes an offer to an empty buffer.
    public static void writeOffer(IoBuffer buffer, String name, long size) {
        if (size < LARGE) {
            buffer.appendByte(OFFER).appendInt((int) size);
        } else {
            buffer.appendByte(LARGE_OFFER).appendLong(size);
        }
        buffer.appendString(name);
    }

    /// Where the name begins in an offer of this type.
    public static int nameIndex(int type) {
        return Byte.BYTES + (type == OFFER ? Integer.BYTES : Long.BYTES);
    }
}
