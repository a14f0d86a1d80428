package io.github.iocp4j.frame;

import java.lang.foreign.MemorySegment;

/// Chunks as they come.
final class Raw implements Framing, FrameDecoder {
    static final Raw INSTANCE = new Raw();

    private Raw() {}

    @Override
    public FrameDecoder newDecoder() {
        return this;
    }

    @Override
    public int maxHeaderBytes() {
        return 0;
    }

    @Override
    public int encodeHeader(int payloadBytes, MemorySegment header) {
        return 0;
    }

    @Override
    public void decode(MemorySegment bytes, int from, int to, FrameCut cut) {
        cut.payload(Math.min(to - from, cut.maxFrameBytes())).end();
    }

    @Override
    public String toString() {
        return "Framing.raw()";
    }
}
