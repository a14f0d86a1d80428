package io.github.iocp4j.bench.demo;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

class ScriptTest {
    @Test
    void expectsWhatItSendsInItsOrder() {
        Script script = new Script(1, 1);
        script.connected();
        for (int i = 0; i < 1000; i++) {
            for (byte[] frame : burst(script)) {
                assertTrue(script.isNextEcho(frame, frame.length));
            }
            assertEquals(0, script.outstanding());
        }
        assertFalse(script.isNextEcho(new byte[0], 0));
    }

    @Test
    void noticesASwap() {
        Script script = new Script(2, 1);
        script.connected();
        List<byte[]> frames = burst(script);
        while (frames.size() < 2 || frames.get(0).length == 0) {
            script.connected();
            frames = burst(script);
        }
        assertFalse(script.isNextEcho(frames.get(1), frames.get(1).length));
    }

    @Test
    void isTheSameForTheSameSeed() {
        List<byte[]> first = burst(new Script(3, 4));
        List<byte[]> second = burst(new Script(3, 4));
        assertEquals(first.size(), second.size());
        for (int i = 0; i < first.size(); i++) {
            assertArrayEquals(first.get(i), second.get(i));
        }
    }

    private static List<byte[]> burst(Script script) {
        List<byte[]> frames = new ArrayList<>();
        script.beginBurst();
        for (int length = script.nextFrame(); length >= 0; length = script.nextFrame()) {
            frames.add(Arrays.copyOf(script.payload(), length));
        }
        return frames;
    }
}
