package io.github.iocp4j;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Random;

/// Frames without end that follow from a seed: two streams of one seed are equal. The sizes that matter come
/// first, and again and again.
final class FrameStream {
    private final Random random;
    private final int maxFrameBytes;
    private final int bufferBytes;
    private int made;

    FrameStream(long seed, int maxFrameBytes, int bufferBytes) {
        random = new Random(seed);
        this.maxFrameBytes = maxFrameBytes;
        this.bufferBytes = bufferBytes;
    }

    /// The next frame, header included.
    byte[] next() {
        byte[] payload = new byte[payloadBytes()];
        random.nextBytes(payload);
        return ByteBuffer.allocate(Integer.BYTES + payload.length)
                .order(ByteOrder.LITTLE_ENDIAN)
                .putInt(payload.length)
                .put(payload)
                .array();
    }

    private int payloadBytes() {
        return switch (made < 4 ? made++ : random.nextInt(12)) {
            case 0 -> 0;
            case 1 -> maxFrameBytes - 1;
            case 2 -> maxFrameBytes;
            case 3 -> random.nextInt(bufferBytes, maxFrameBytes) + 1;
            case 4, 5 -> random.nextInt(maxFrameBytes + 1);
            default -> random.nextInt(bufferBytes / 4);
        };
    }
}
