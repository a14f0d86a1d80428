package io.github.iocp4j.bench.traffic;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.api.Test;

class TextFramesTest {
    @Test
    void haveTypeTextAndNul() {
        assertArrayEquals(new byte[] {0, 'h', 'i', 0}, TextFrames.encode("hi"));
        assertArrayEquals(new byte[] {0, 0}, TextFrames.encode(""));
        assertArrayEquals(new byte[] {0, (byte) 0xc3, (byte) 0xa4, 0}, TextFrames.encode("\u00e4"));
    }

    @Test
    void areReadBack() {
        for (String text : new String[] {"", "hi", "\u00e4\u20ac", "\ud83d\ude00", "a\tb"}) {
            assertEquals(text, TextFrames.decode(TextFrames.encode(text)));
        }
    }

    @Test
    void areReadFromPeersThatForgetTheNul() {
        assertEquals("hi", TextFrames.decode(new byte[] {0, 'h', 'i'}));
        assertEquals("", TextFrames.decode(new byte[] {0}));
    }

    @Test
    void showNoControlCharacters() {
        assertEquals(".[2J.", TextFrames.decode(new byte[] {0, 27, '[', '2', 'J', 7, 0}));
    }

    @Test
    void areDescribedWhenTheyAreNone() {
        assertEquals("(an empty frame)", TextFrames.decode(new byte[0]));
        assertEquals("(a frame of type 200, 3 bytes)", TextFrames.decode(new byte[] {(byte) 200, 1, 2}));
    }
}
