package io.github.iocp4j.internal.data;

import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CoderResult;
import java.nio.charset.StandardCharsets;

/// Strings in the article's format, UTF-8 with a NUL at the end, without its faith in the peer's NUL: what is not
/// a string is refused, never read beyond and never repaired.
///
/// Data begins at `start` of its memory; indexes and limits count from there.
public final class Utf8 {
    /// What Java puts where it can't decode.
    private static final char REPLACEMENT = '\uFFFD';

    private Utf8() {}

    /// How many bytes `text` takes, its NUL included.
    ///
    /// @throws IllegalArgumentException when it contains a NUL, or half a surrogate pair
    public static long encodedBytes(String text) {
        long bytes = 1;
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c == 0) {
                throw new IllegalArgumentException("a NUL at index " + i + " of the string would end it there");
            }
            if (Character.isSurrogate(c)) {
                boolean pair = i + 1 < text.length() && Character.isSurrogatePair(c, text.charAt(i + 1));
                if (!pair) {
                    throw new IllegalArgumentException(
                            "half a surrogate pair at index " + i + " of the string has no UTF-8");
                }
                i++;
                bytes += 4;
            } else {
                bytes += c < 0x80 ? 1 : c < 0x800 ? 2 : 3;
            }
        }
        return bytes;
    }

    /// The string at `index`, up to its NUL.
    ///
    /// @throws IllegalArgumentException when there is no NUL, or what is before it is no UTF-8
    public static String terminated(MemorySegment memory, long start, int index, int limit) {
        for (int i = index; i < limit; i++) {
            if (memory.get(Wire.BYTE, start + i) == 0) {
                return decode(memory, start, index, i - index);
            }
        }
        throw new IllegalArgumentException("no NUL ends the string at index " + index + " of " + limit + " bytes");
    }

    /// `length` bytes from `index` on as a string.
    ///
    /// @throws IllegalArgumentException when they are no UTF-8
    public static String decode(MemorySegment memory, long start, int index, int length) {
        byte[] bytes = new byte[length];
        MemorySegment.copy(memory, Wire.BYTE, start + index, bytes, 0, length);
        String text = new String(bytes, StandardCharsets.UTF_8);
        if (text.indexOf(REPLACEMENT) >= 0) {
            verify(bytes, index);
        }
        return text;
    }

    private static void verify(byte[] bytes, int index) {
        ByteBuffer in = ByteBuffer.wrap(bytes);
        CoderResult result = StandardCharsets.UTF_8.newDecoder().decode(in, CharBuffer.allocate(bytes.length), true);
        if (result.isError()) {
            throw new IllegalArgumentException("not UTF-8 at index " + (index + in.position()));
        }
    }
}
