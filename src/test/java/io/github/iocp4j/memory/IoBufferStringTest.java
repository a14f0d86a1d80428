package io.github.iocp4j.memory;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.lang.foreign.Arena;
import java.lang.foreign.ValueLayout;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Objects;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/// Strings, which the article's code read as far as the peer's NUL, wherever that was.
class IoBufferStringTest {
    private static final int CAPACITY = 256;

    private final BufferPool pool = new BufferPool(Arena::ofShared, CAPACITY, CAPACITY, 1024, BufferPool.NONE);
    private final IoBuffer buffer = Objects.requireNonNull(pool.take(CAPACITY));

    @AfterEach
    void nothingIsLeftOver() {
        buffer.release();
        assertEquals(0, pool.buffersOut());
        pool.close();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "a",
                "plain text",
                "\u007f\u0080\u07ff\u0800",
                "\uffff\ufffe\ufeff",
                "\u00e4\u00f6\u00fc\u00df",
                "\u4f60\u597d",
                "\ud83d\ude00 pair",
                "\ud800\udc00\udbff\udfff",
                "a replacement \ufffd of its own"
            })
    void returnsStringsAsTheyWerePut(String text) {
        byte[] encoded = text.getBytes(StandardCharsets.UTF_8);
        buffer.appendByte(9).appendString(text).appendString("next");
        assertEquals(1 + encoded.length + 1 + 5, buffer.used());
        assertArrayEquals(encoded, buffer.getBytes(1, encoded.length));
        assertEquals(0, buffer.getByte(1 + encoded.length));
        assertEquals(text, buffer.getString(1));
        assertEquals("next", buffer.getString(1 + encoded.length + 1));
        buffer.clear().putString(CAPACITY - encoded.length - 1, text);
        assertEquals(text, buffer.getString(CAPACITY - encoded.length - 1));
        assertEquals(CAPACITY, buffer.used());
    }

    @Test
    void returnsRandomStringsAsTheyWerePut() {
        Random random = new Random(11);
        for (int i = 0; i < 3000; i++) {
            int bound = random.nextBoolean() ? 0x250 : Character.MAX_CODE_POINT;
            String text = random.ints(1, 2 + random.nextInt(bound))
                    .filter(c -> c < Character.MIN_SURROGATE || c > Character.MAX_SURROGATE)
                    .limit(random.nextInt(60))
                    .collect(StringBuilder::new, StringBuilder::appendCodePoint, StringBuilder::append)
                    .toString();
            int index = random.nextInt(CAPACITY - 60 * 4 - 1 + 1);
            buffer.clear().putString(index, text);
            assertEquals(text, buffer.getString(index));
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "\0",
                "a\0",
                "\0a",
                "file\0.exe",
                "\ud800",
                "a\udc00",
                "\ud800a",
                "\udc00\ud800",
                "\ud83d\ud83d\ude00"
            })
    void refusesToPutWhatIsNoString(String text) {
        buffer.appendInt(5);
        byte[] before = buffer.segment().toArray(ValueLayout.JAVA_BYTE);
        IllegalArgumentException e = assertThrows(IllegalArgumentException.class, () -> buffer.appendString(text));
        assertTrue(String.valueOf(e.getMessage()).contains("at index"), e::toString);
        assertThrows(IllegalArgumentException.class, () -> buffer.putString(100, text));
        assertArrayEquals(before, buffer.segment().toArray(ValueLayout.JAVA_BYTE));
        assertEquals(4, buffer.used());
    }

    @Test
    void refusesStringsThatDoNotFit() {
        String most = "x".repeat(CAPACITY - 1);
        buffer.appendByte(3);
        byte[] before = buffer.segment().toArray(ValueLayout.JAVA_BYTE);
        assertThrows(IndexOutOfBoundsException.class, () -> buffer.appendString(most));
        assertThrows(IndexOutOfBoundsException.class, () -> buffer.putString(0, most + "x"));
        assertThrows(IndexOutOfBoundsException.class, () -> buffer.putString(0, "\u4f60".repeat(CAPACITY / 3 + 1)));
        assertThrows(IndexOutOfBoundsException.class, () -> buffer.putString(-1, "x"));
        assertThrows(IndexOutOfBoundsException.class, () -> buffer.putString(CAPACITY, ""));
        assertThrows(IndexOutOfBoundsException.class, () -> buffer.putString(Integer.MAX_VALUE, "xx"));
        assertArrayEquals(before, buffer.segment().toArray(ValueLayout.JAVA_BYTE));
        assertEquals(1, buffer.used());
        buffer.putString(0, most);
        assertEquals(most, buffer.getString(0));
    }

    /// Defect 8 of the article's code: it trusted the peer's NUL, and read what lay behind the package.
    @Test
    void readsNoStringBeyondTheData() {
        buffer.appendBytes(new byte[] {'a', 'b', 'c'});
        buffer.segment().set(ValueLayout.JAVA_BYTE, 3, (byte) 's');
        buffer.segment().set(ValueLayout.JAVA_BYTE, 4, (byte) 0);
        for (int index = 0; index < 3; index++) {
            int at = index;
            IllegalArgumentException e = assertThrows(IllegalArgumentException.class, () -> buffer.getString(at));
            assertTrue(String.valueOf(e.getMessage()).contains("NUL"), e::toString);
        }
        for (int index : new int[] {3, 4, CAPACITY, -1, Integer.MAX_VALUE}) {
            assertThrows(IndexOutOfBoundsException.class, () -> buffer.getString(index));
        }
        buffer.appendByte(0);
        assertEquals("abc", buffer.getString(0));
        assertEquals("", buffer.getString(3));
    }

    @ParameterizedTest
    @CsvSource({
        "ff, 0",
        "80, 0",
        "c3, 0",
        "6162c3, 2",
        "c328, 0",
        "c0af, 0",
        "e08080, 0",
        "eda080, 0",
        "f4908080, 0",
        "f09f98, 0",
        "61f88080808062, 1",
        "efbfbd80, 3"
    })
    void refusesWhatIsNotUtf8(String hex, int at) {
        byte[] bytes = HexFormat.of().parseHex(hex);
        buffer.appendInt(0).appendBytes(bytes).appendByte(0);
        IllegalArgumentException e = assertThrows(IllegalArgumentException.class, () -> buffer.getString(4));
        assertEquals("not UTF-8 at index " + (4 + at), e.getMessage());
    }

    @Test
    void readsOfAnyBytesAStringOrRefusesThem() {
        Random random = new Random(13);
        byte[] bytes = new byte[24];
        for (int i = 0; i < 20_000; i++) {
            random.nextBytes(bytes);
            for (int j = 0; j < bytes.length && i % 2 == 0; j += 2) {
                bytes[j] = (byte) random.nextInt(128);
            }
            buffer.clear().appendBytes(bytes);
            try {
                byte[] again = buffer.getString(0).getBytes(StandardCharsets.UTF_8);
                assertArrayEquals(Arrays.copyOf(bytes, again.length), again);
                assertEquals(0, bytes[again.length]);
            } catch (IllegalArgumentException _) {
                // No NUL, or not UTF-8.
            }
        }
    }
}
