package io.github.iocp4j;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.iocp4j.memory.BufferPool;
import io.github.iocp4j.memory.IoBuffer;
import io.github.iocp4j.testing.AllocatedBytes;
import java.io.ByteArrayOutputStream;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Objects;
import java.util.Random;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/// What the decoding of frames allocates on the Java heap.
class FramingAllocationTest {
    private static final int MAX = 512;
    private static final int CHUNK = 1024;
    private static final int FRAMES = 100;
    private static final int WARM_UP = 2_000;
    private static final int ROUNDS = 10_000;
    private static final long MOST_BYTES = 1024;

    private final Frame frame = new Frame();

    /// Frames in one piece and in several, headers and trailers cut, and payload in buffers that grow.
    @ParameterizedTest
    @EnumSource
    void decodingAllocatesNothing(Protocol protocol) {
        Random random = new Random(1);
        ByteArrayOutputStream frames = new ByteArrayOutputStream();
        for (int i = 0; i < FRAMES; i++) {
            protocol.encode(protocol.payload(random.nextInt(i % 10 == 0 ? MAX : 20), random), random, frames);
        }
        byte[] stream = frames.toByteArray();
        int[] cuts = random.ints(200, 1, 100).toArray();
        try (BufferPool chunks = new BufferPool(Arena::ofShared, CHUNK, CHUNK, 1 << 20, BufferPool.UNLIMITED);
                BufferPool pool = new BufferPool(Arena::ofShared, 16, MAX, 1 << 20, BufferPool.UNLIMITED)) {
            FrameAssembler assembler = new FrameAssembler(pool, new AssemblyBudget(1 << 20), MAX);
            assembler.begin(protocol.framing().newDecoder());
            assertEquals(WARM_UP * FRAMES, decode(assembler, chunks, stream, cuts, WARM_UP));
            AllocatedBytes allocated = AllocatedBytes.ofCurrentThread();
            int decoded = decode(assembler, chunks, stream, cuts, ROUNDS);
            long bytes = allocated.sinceThen();
            assertEquals(ROUNDS * FRAMES, decoded);
            assertTrue(bytes < MOST_BYTES, () -> bytes + " bytes were allocated by " + decoded + " frames");
        }
    }

    private int decode(FrameAssembler assembler, BufferPool chunks, byte[] stream, int[] cuts, int rounds) {
        int decoded = 0;
        int cut = 0;
        for (int i = 0; i < rounds; i++) {
            for (int from = 0; from < stream.length; ) {
                int count = Math.min(cuts[cut++ % cuts.length], stream.length - from);
                IoBuffer chunk = Objects.requireNonNull(chunks.take(CHUNK));
                MemorySegment.copy(stream, from, chunk.segment(), ValueLayout.JAVA_BYTE, 0, count);
                assembler.feed(chunk, count);
                while (assembler.hasChunk()) {
                    if (assembler.next(frame) == FrameAssembler.Step.FRAME) {
                        decoded++;
                        assembler.frameDone(frame);
                    }
                }
                from += count;
            }
        }
        return decoded;
    }
}
