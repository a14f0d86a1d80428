package io.github.iocp4j.frame;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;

/// The article's wire format (its section 3.6.3). A length above 2^31 - 1 is one that no endpoint takes.
final class LengthPrefixed implements Framing, FrameDecoder {
    static final LengthPrefixed INSTANCE = new LengthPrefixed();

    private static final ValueLayout.OfInt LENGTH = ValueLayout.JAVA_INT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

    private LengthPrefixed() {}

    @Override
    public FrameDecoder newDecoder() {
        return this;
    }

    @Override
    public int maxHeaderBytes() {
        return Integer.BYTES;
    }

    @Override
    public int encodeHeader(int payloadBytes, MemorySegment header) {
        header.set(LENGTH, 0, payloadBytes);
        return Integer.BYTES;
    }

    @Override
    public void decode(MemorySegment bytes, int from, int to, FrameCut cut) {
        if (to - from >= Integer.BYTES) {
            long length = Integer.toUnsignedLong(bytes.get(LENGTH, from));
            cut.header(Integer.BYTES).payload(length).end();
        }
    }

    @Override
    public String toString() {
        return "Framing.lengthPrefixed()";
    }
}
