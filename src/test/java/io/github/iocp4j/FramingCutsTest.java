package io.github.iocp4j;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.iocp4j.FrameAssembler.Step;
import io.github.iocp4j.frame.FrameDecoder;
import io.github.iocp4j.frame.Framing;
import io.github.iocp4j.memory.BufferPool;
import io.github.iocp4j.memory.IoBuffer;
import java.io.ByteArrayOutputStream;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/// Streams of several protocols, cut into chunks anywhere.
class FramingCutsTest {
    private static final int MAX = 512;
    private static final int CHUNK = 2048;

    private final BufferPool chunks = new BufferPool(Arena::ofShared, CHUNK, CHUNK, 1 << 20, BufferPool.UNLIMITED);
    private final BufferPool pool = new BufferPool(Arena::ofShared, 16, MAX, 2 * MAX, BufferPool.UNLIMITED);
    private final FrameAssembler assembler = new FrameAssembler(pool, new AssemblyBudget(1 << 20), MAX);
    private final Frame frame = new Frame();
    private final List<byte[]> received = new ArrayList<>();

    @AfterEach
    void nothingIsLeftOver() {
        assembler.reset();
        assertEquals(0, pool.buffersOut());
        assertEquals(0, chunks.buffersOut());
        pool.close();
        chunks.close();
    }

    @ParameterizedTest
    @EnumSource
    void framesAreTheSameHoweverTheStreamIsCut(Protocol protocol) {
        for (int seed = 0; seed < 300; seed++) {
            Random random = new Random(seed);
            List<byte[]> payloads = new ArrayList<>();
            for (int i = 0; i < 12; i++) {
                int length = random.nextInt(4) == 0 ? random.nextInt(MAX + 1) : random.nextInt(20);
                payloads.add(protocol.payload(length, random));
            }
            payloads.add(protocol.payload(MAX, random));
            byte[] stream = encode(protocol, payloads, random);
            begin(protocol.framing());
            for (int from = 0; from < stream.length; ) {
                int to = Math.min(stream.length, from + 1 + random.nextInt(random.nextBoolean() ? 3 : CHUNK));
                assertEquals(Step.MORE, feed(Arrays.copyOfRange(stream, from, to)), "seed " + seed);
                from = to;
            }
            assertReceived(payloads, "seed " + seed);
        }
    }

    @ParameterizedTest
    @EnumSource
    void streamMayBeCutInTwoPlacesAnywhere(Protocol protocol) {
        Random random = new Random(1);
        List<byte[]> payloads = new ArrayList<>();
        for (int length : new int[] {3, 0, 0, 1, 7, 0, 2}) {
            payloads.add(protocol.payload(length, random));
        }
        byte[] stream = encode(protocol, payloads, random);
        for (int first = 0; first <= stream.length; first++) {
            for (int second = first; second <= stream.length; second++) {
                begin(protocol.framing());
                feed(Arrays.copyOfRange(stream, 0, first));
                feed(Arrays.copyOfRange(stream, first, second));
                feed(Arrays.copyOfRange(stream, second, stream.length));
                assertReceived(payloads, "cut at " + first + " and " + second);
            }
        }
    }

    @ParameterizedTest
    @EnumSource(mode = EnumSource.Mode.EXCLUDE, names = "ESCAPED")
    void framesThatLieInOneChunkAreShownThere(Protocol protocol) {
        Random random = new Random(2);
        List<byte[]> payloads = new ArrayList<>();
        for (int i = 0; i < 10; i++) {
            payloads.add(protocol.payload(random.nextInt(100), random));
        }
        begin(protocol.framing());
        IoBuffer chunk = fill(encode(protocol, payloads, random));
        for (byte[] payload : payloads) {
            assertEquals(Step.FRAME, assembler.next(frame));
            assertSame(chunk, frame.buffer());
            assertArrayEquals(payload, frame.toByteArray());
            assembler.frameDone(frame);
        }
        assertFalse(assembler.hasChunk());
        assertEquals(0, pool.allocatedBytes());
    }

    @Test
    void chunkIsAFrameWhenThereIsNoFraming() {
        begin(Framing.raw());
        Random random = new Random(3);
        List<byte[]> pieces = new ArrayList<>();
        for (int i = 0; i < 20; i++) {
            byte[] piece = WireFrames.random(random, 1 + random.nextInt(MAX));
            pieces.add(piece);
            assertEquals(Step.MORE, feed(piece));
        }
        assertReceived(pieces, "raw");
        assertFalse(assembler.isInsideFrame());
        assertEquals(0, pool.allocatedBytes());
    }

    @Test
    void chunkAboveTheMaximumIsSeveralFramesWhenThereIsNoFraming() {
        begin(Framing.raw());
        byte[] piece = WireFrames.random(new Random(4), 2 * MAX + 1);
        feed(piece);
        assertReceived(
                List.of(
                        Arrays.copyOf(piece, MAX),
                        Arrays.copyOfRange(piece, MAX, 2 * MAX),
                        Arrays.copyOfRange(piece, 2 * MAX, piece.length)),
                "raw");
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3, MAX - 1, MAX, MAX + 1, MAX + 2})
    void lineMayHaveTheMaximumWhateverItsEnd(int most) {
        byte[] line = new byte[MAX];
        Arrays.fill(line, (byte) 'x');
        byte[] stream = text(new String(line, StandardCharsets.US_ASCII) + "\r\n");
        begin(new Lines());
        for (int from = 0; from < stream.length; from += most) {
            feed(Arrays.copyOfRange(stream, from, Math.min(from + most, stream.length)));
        }
        assertReceived(List.of(line), "a line");
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 3, 100, MAX, MAX + 1})
    void payloadThatGrowsIsRefusedAtTheFirstByteTooMuch(int most) {
        begin(new Lines());
        int fed = 0;
        while (fed < MAX) {
            int count = Math.min(most, MAX - fed);
            assertEquals(Step.MORE, feed(text("x".repeat(count))));
            fed += count;
        }
        assertEquals(Step.TOO_LONG, feed(text("x")));
        assertTrue(received.isEmpty());
    }

    @Test
    void lengthAboveTheMaximumIsRefusedBeforeItsBytesCome() {
        begin(new ShortPrefixed());
        assertEquals(Step.MORE, feed(new byte[] {(MAX + 1) >> 8}));
        assertEquals(Step.TOO_LONG, feed(new byte[] {(byte) (MAX + 1)}));
        assertEquals(0, pool.allocatedBytes());
    }

    @Test
    void frameHasBegunWithItsFirstByte() {
        begin(new ShortPrefixed());
        assertFalse(assembler.isInsideFrame());
        feed(new byte[] {0});
        assertTrue(assembler.isInsideFrame());
        feed(new byte[] {1});
        assertTrue(assembler.isInsideFrame());
        feed(new byte[] {5});
        assertFalse(assembler.isInsideFrame());
        assertReceived(List.of(new byte[] {5}), "after the last byte");
    }

    @Test
    void resetLeavesNothingToTheNextConnection() {
        // In a header, in the payload, before a trailer.
        byte[][] unfinished = {{0}, {0, 3, 1}, {1, 1, 1, 1}, {1}};
        for (byte[] first : unfinished) {
            begin(Protocol.TRAILED.framing());
            assertEquals(Step.MORE, feed(first));
            begin(new ShortPrefixed());
            assertEquals(Step.MORE, feed(first));
            begin(new ShortPrefixed());
            assertEquals(Step.MORE, feed(new byte[] {0}));
            assertEquals(Step.MORE, feed(new byte[] {1, 9}));
            assertReceived(List.of(new byte[] {9}), "the only one of its connection");
        }
    }

    @Test
    void malformedStreamIsToldWithItsReason() {
        begin(of((_, _, _, cut) -> cut.header(1).malformed("a reason")));
        assertEquals(Step.MALFORMED, feed(new byte[] {1}));
        assertEquals("a reason", assembler.malformation());
    }

    @ParameterizedTest
    @EnumSource
    void frameWaitsForABufferAnywhere(Protocol protocol) {
        Random random = new Random(5);
        byte[] payload = protocol.payload(300, random);
        byte[] stream = encode(protocol, List.of(payload), random);
        int waited = 0;
        for (int cut = 1; cut < stream.length; cut++) {
            begin(protocol.framing());
            IoBuffer first = pool.take(MAX);
            IoBuffer second = pool.take(MAX);
            Step step = feed(Arrays.copyOf(stream, cut));
            assertEquals(step == Step.NO_BUFFER, assembler.hasChunk());
            assertEquals(step, run());
            waited += step == Step.NO_BUFFER ? 1 : 0;
            first.release();
            second.release();
            assertEquals(Step.MORE, run());
            assertEquals(Step.MORE, feed(Arrays.copyOfRange(stream, cut, stream.length)));
            assertReceived(List.of(payload), "cut at " + cut);
        }
        assertTrue(waited > 200, "most cuts leave payload behind");
    }

    @Test
    void decoderThatThrowsIsHeard() {
        begin(of((_, _, _, _) -> {
            throw new Deliberate("in decode");
        }));
        assertThrows(Deliberate.class, () -> feed(new byte[1]));
    }

    @Test
    void decoderHasToDecideInTheEnd() {
        begin(of((_, _, _, _) -> {}));
        assertEquals(Step.MORE, feed(new byte[Framing.MOST_HEADER_BYTES - 1]));
        assertNonsense(new byte[1], "took none of 64 bytes");
        begin(of((_, _, _, _) -> {}));
        assertNonsense(new byte[Framing.MOST_HEADER_BYTES], "took none of 64 bytes");
    }

    @Test
    void decoderMayNotEndWithoutAByte() {
        begin(of((_, _, _, cut) -> cut.header(0).payload(0).end()));
        assertNonsense(new byte[1], "without taking any byte");
    }

    @Test
    void decoderMayNotGoBack() {
        begin(of((_, _, _, cut) -> cut.header(1).payload(-1)));
        IllegalArgumentException refused = assertThrows(IllegalArgumentException.class, () -> feed(new byte[] {1, 2}));
        assertEquals("payload=-1: must be 0 or more bytes", refused.getMessage());
    }

    @Test
    void longestAnswersDoNoHarm() {
        begin(of((_, _, _, cut) -> cut.header(Long.MAX_VALUE).trailer(Long.MAX_VALUE)));
        assertEquals(Step.MORE, feed(new byte[100]));
        begin(of((_, _, _, cut) -> cut.payload(Long.MAX_VALUE)));
        assertEquals(Step.TOO_LONG, feed(new byte[100]));
        begin(of((_, _, _, cut) -> cut.payload(1)));
        assertEquals(Step.TOO_LONG, feed(new byte[MAX + 1]));
    }

    private void assertNonsense(byte[] bytes, String what) {
        IllegalStateException refused = assertThrows(IllegalStateException.class, () -> feed(bytes));
        assertTrue(refused.getMessage().contains(what), refused.getMessage());
    }

    private static Framing of(FrameDecoder decoder) {
        return new Protocol.ReceiveOnly(decoder);
    }

    private void begin(Framing framing) {
        received.clear();
        assembler.reset();
        assembler.begin(framing.newDecoder());
    }

    private Step feed(byte[] bytes) {
        if (bytes.length > 0) {
            fill(bytes);
        }
        return run();
    }

    private IoBuffer fill(byte[] bytes) {
        IoBuffer chunk = chunks.take(CHUNK);
        MemorySegment.copy(bytes, 0, chunk.segment(), ValueLayout.JAVA_BYTE, 0, bytes.length);
        // What lies behind must not be seen.
        chunk.segment().asSlice(bytes.length).fill((byte) '\n');
        assembler.feed(chunk, bytes.length);
        return chunk;
    }

    private Step run() {
        while (assembler.hasChunk()) {
            Step step = assembler.next(frame);
            if (step == Step.FRAME) {
                received.add(frame.toByteArray());
                assembler.frameDone(frame);
            } else if (step != Step.MORE) {
                return step;
            }
        }
        return Step.MORE;
    }

    private void assertReceived(List<byte[]> payloads, String when) {
        assertEquals(payloads.size(), received.size(), when);
        for (int i = 0; i < payloads.size(); i++) {
            assertArrayEquals(payloads.get(i), received.get(i), when + ", frame " + i);
        }
    }

    private static byte[] encode(Protocol protocol, List<byte[]> payloads, Random random) {
        ByteArrayOutputStream stream = new ByteArrayOutputStream();
        payloads.forEach(payload -> protocol.encode(payload, random, stream));
        return stream.toByteArray();
    }

    private static byte[] text(String text) {
        return text.getBytes(StandardCharsets.US_ASCII);
    }
}
