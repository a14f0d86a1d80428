package io.github.iocp4j;

import io.github.iocp4j.frame.FrameDecoder;
import io.github.iocp4j.frame.Framing;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;

/// The length of the payload in 2 bytes, big-endian, and then the payload: the example of the package of
/// framings.
final class ShortPrefixed implements Framing {
    private static final ValueLayout.OfShort LENGTH = ValueLayout.JAVA_SHORT_UNALIGNED.withOrder(ByteOrder.BIG_ENDIAN);

    @Override
    public FrameDecoder newDecoder() {
        return (bytes, from, to, cut) -> {
            if (to - from >= 2) { // else more bytes come
                cut.header(2)
                        .payload(Short.toUnsignedInt(bytes.get(LENGTH, from)))
                        .end();
            }
        };
    }

    @Override
    public int maxHeaderBytes() {
        return 2;
    }

    @Override
    public int maxPayloadBytes() {
        return 0xFFFF;
    }

    @Override
    public int encodeHeader(int payloadBytes, MemorySegment header) {
        header.set(LENGTH, 0, (short) payloadBytes);
        return 2;
    }
}
