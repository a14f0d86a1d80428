package io.github.iocp4j.frame;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.lang.foreign.MemorySegment;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// The framings that are there.
class FramingTest {
    private final FrameCut cut = new FrameCut(1000);

    @Test
    void articlesHeaderIsTheLengthInLittleEndian() {
        byte[] header = new byte[4];
        assertEquals(4, Framing.lengthPrefixed().maxHeaderBytes());
        assertEquals(4, Framing.lengthPrefixed().encodeHeader(0x01020304, MemorySegment.ofArray(header)));
        assertArrayEquals(new byte[] {4, 3, 2, 1}, header);
        assertEquals(Integer.MAX_VALUE, Framing.lengthPrefixed().maxPayloadBytes());
    }

    @ParameterizedTest
    @CsvSource({"0, 0", "5, 5", "-1, 4294967295"})
    void articlesLengthIsUnsignedAndToldBeforeThePayloadComes(int length, long payload) {
        byte[] bytes = new byte[7];
        Framing.lengthPrefixed()
                .encodeHeader(length, MemorySegment.ofArray(bytes).asSlice(3));
        Framing.lengthPrefixed().newDecoder().decode(MemorySegment.ofArray(bytes), 3, 7, cut);
        assertEquals(4, cut.headerBytes());
        assertEquals(payload, cut.payloadBytes());
        assertTrue(cut.isEnd());
    }

    @Test
    void articlesHeaderIsAwaitedWhole() {
        Framing.lengthPrefixed().newDecoder().decode(MemorySegment.ofArray(new byte[8]), 2, 5, cut);
        assertTrue(cut.isEmpty());
    }

    @ParameterizedTest
    @CsvSource({"1, 1", "1000, 1000", "1001, 1000"})
    void rawFramesAreWhatIsThere(int there, int payload) {
        assertEquals(0, Framing.raw().maxHeaderBytes());
        assertEquals(0, Framing.raw().encodeHeader(5, MemorySegment.NULL));
        Framing.raw().newDecoder().decode(MemorySegment.ofArray(new byte[2000]), 10, 10 + there, cut);
        assertEquals(0, cut.headerBytes());
        assertEquals(payload, cut.payloadBytes());
        assertTrue(cut.isEnd());
    }
}
