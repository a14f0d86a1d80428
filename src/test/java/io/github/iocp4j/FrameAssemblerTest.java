package io.github.iocp4j;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.github.iocp4j.frame.Framing;
import io.github.iocp4j.memory.BufferPool;
import io.github.iocp4j.memory.IoBuffer;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class FrameAssemblerTest {
    private static final int MAX = 512;
    private static final int CHUNK = 256;

    private final BufferPool chunks = new BufferPool(Arena::ofShared, CHUNK, CHUNK, 1 << 20, BufferPool.UNLIMITED);
    private final BufferPool pool = new BufferPool(Arena::ofShared, 256, MAX, 1 << 20, BufferPool.UNLIMITED);
    private final FrameAssembler assembler = new FrameAssembler(pool, new AssemblyBudget(1 << 20), MAX);
    private final Frame frame = new Frame();
    private final List<byte[]> received = new ArrayList<>();

    @BeforeEach
    void begin() {
        assembler.begin(Framing.lengthPrefixed().newDecoder());
    }

    @AfterEach
    void nothingIsLeftOver() {
        assembler.reset();
        assertEquals(0, pool.buffersOut());
        assertEquals(0, chunks.buffersOut());
        pool.close();
        chunks.close();
    }

    private FrameAssembler.Step feed(byte[] stream, int from, int to) {
        IoBuffer chunk = chunks.take(CHUNK);
        MemorySegment.copy(stream, from, chunk.segment(), ValueLayout.JAVA_BYTE, 0, to - from);
        assembler.feed(chunk, to - from);
        while (assembler.hasChunk()) {
            FrameAssembler.Step step = assembler.next(frame);
            if (step == FrameAssembler.Step.FRAME) {
                received.add(frame.toByteArray());
                assembler.frameDone(frame);
            } else if (step != FrameAssembler.Step.MORE) {
                return step;
            }
        }
        return FrameAssembler.Step.MORE;
    }

    private static byte[] stream(List<byte[]> payloads) {
        int total = payloads.stream().mapToInt(p -> p.length + 4).sum();
        ByteBuffer bytes = ByteBuffer.allocate(total).order(ByteOrder.LITTLE_ENDIAN);
        payloads.forEach(p -> bytes.putInt(p.length).put(p));
        return bytes.array();
    }

    /// Defect 4 of the article's code: a length of exactly the maximum matched no branch, and its bytes were
    /// dropped.
    @ParameterizedTest
    @ValueSource(ints = {0, 1, MAX - 3, MAX - 1, MAX})
    void takesLengthsUpToTheMaximum(int length) {
        byte[] payload = new byte[length];
        Arrays.fill(payload, (byte) 5);
        byte[] stream = stream(List.of(payload, new byte[] {9}));
        for (int from = 0; from < stream.length; from += CHUNK) {
            feed(stream, from, Math.min(from + CHUNK, stream.length));
        }
        assertEquals(2, received.size());
        assertArrayEquals(payload, received.get(0));
        assertArrayEquals(new byte[] {9}, received.get(1));
    }

    @ParameterizedTest
    @ValueSource(ints = {MAX + 1, Integer.MAX_VALUE, Integer.MIN_VALUE, -1})
    void refusesALengthAboveTheMaximum(int length) {
        byte[] stream = ByteBuffer.allocate(4)
                .order(ByteOrder.LITTLE_ENDIAN)
                .putInt(length)
                .array();
        assertEquals(FrameAssembler.Step.TOO_LONG, feed(stream, 0, 4));
    }

    @Test
    void cutsFramesOutOfChunksOfAnySize() {
        for (int seed = 0; seed < 500; seed++) {
            Random random = new Random(seed);
            List<byte[]> payloads = new ArrayList<>();
            for (int i = 0; i < 12; i++) {
                byte[] payload = new byte[random.nextInt(4) == 0 ? random.nextInt(MAX + 1) : random.nextInt(20)];
                random.nextBytes(payload);
                payloads.add(payload);
            }
            byte[] stream = stream(payloads);
            received.clear();
            for (int from = 0; from < stream.length; ) {
                int to = Math.min(stream.length, from + 1 + random.nextInt(random.nextBoolean() ? 3 : CHUNK));
                feed(stream, from, to);
                from = to;
            }
            assertEquals(payloads.size(), received.size(), "seed " + seed);
            for (int i = 0; i < payloads.size(); i++) {
                assertArrayEquals(payloads.get(i), received.get(i), "seed " + seed + ", frame " + i);
            }
        }
    }

    @Test
    void growsOnlyAsBytesArrive() {
        byte[] stream = ByteBuffer.allocate(5)
                .order(ByteOrder.LITTLE_ENDIAN)
                .putInt(MAX)
                .array();
        feed(stream, 0, 5);
        assertEquals(256, pool.allocatedBytes());
    }

    @Test
    void showsAFrameOnlyDuringItsCallback() {
        byte[] stream = stream(List.of(new byte[] {1, 2, 3, 4}));
        feed(stream, 0, stream.length);
        assertThrows(IllegalStateException.class, frame::length);
        assertThrows(IllegalStateException.class, () -> frame.getByte(0));
    }

    @Test
    void checksTheBoundsOfAFrame() {
        IoBuffer buffer = chunks.take(CHUNK);
        frame.show(buffer, 10, 4);
        assertThrows(IndexOutOfBoundsException.class, () -> frame.getByte(4));
        assertThrows(IndexOutOfBoundsException.class, () -> frame.getByte(-1));
        assertThrows(IndexOutOfBoundsException.class, () -> frame.getInt(1));
        assertThrows(IndexOutOfBoundsException.class, () -> frame.copyTo(0, new byte[9], 0, 5));
        frame.hide();
        buffer.release();
    }
}
