package io.github.iocp4j.bench.traffic;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/// The article's text frame: the type 0, the text in UTF-8, and a NUL.
public final class TextFrames {
    private static final byte TEXT = 0;

    private TextFrames() {}

    /// The payload that carries `text`.
    public static byte[] encode(String text) {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        byte[] payload = new byte[bytes.length + 2];
        payload[0] = TEXT;
        System.arraycopy(bytes, 0, payload, 1, bytes.length);
        return payload;
    }

    /// A payload in words: the text of a text frame, else its type and length. Control characters become dots, so
    /// that no peer writes to the terminal as it likes.
    public static String decode(byte[] payload) {
        if (payload.length == 0) {
            return "(an empty frame)";
        }
        if (payload[0] != TEXT) {
            return "(a frame of type " + Byte.toUnsignedInt(payload[0]) + ", " + payload.length + " bytes)";
        }
        int end = payload[payload.length - 1] == 0 ? payload.length - 1 : payload.length;
        byte[] text = Arrays.copyOfRange(payload, Math.min(1, end), end);
        StringBuilder shown = new StringBuilder();
        new String(text, StandardCharsets.UTF_8)
                .codePoints()
                .map(c -> Character.isISOControl(c) && c != '\t' ? '.' : c)
                .forEach(shown::appendCodePoint);
        return shown.toString();
    }
}
