package io.github.iocp4j;

import io.github.iocp4j.frame.FrameCut;
import io.github.iocp4j.frame.FrameDecoder;
import io.github.iocp4j.frame.Framing;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/// Lines of text that end with a line feed, or a carriage return and a line feed, which are not payload. What
/// is sent brings its own line end: that is no header.
final class Lines implements Framing {
    @Override
    public FrameDecoder newDecoder() {
        return Lines::decode;
    }

    @Override
    public int maxHeaderBytes() {
        return 0;
    }

    @Override
    public int encodeHeader(int payloadBytes, MemorySegment header) {
        return 0;
    }

    private static void decode(MemorySegment bytes, int from, int to, FrameCut cut) {
        for (int i = from; i < to; i++) {
            if (bytes.get(ValueLayout.JAVA_BYTE, i) == '\n') {
                int end = i > from && bytes.get(ValueLayout.JAVA_BYTE, i - 1) == '\r' ? i - 1 : i;
                cut.payload(end - from).trailer(i + 1 - end).end();
                return;
            }
        }
        // A carriage return at the end may belong to a line feed that has not come yet.
        int sure = bytes.get(ValueLayout.JAVA_BYTE, to - 1) == '\r' ? to - 1 : to;
        cut.payload(sure - from);
    }
}
