package io.github.iocp4j;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// That the grammar takes what it must and nothing else: who checks all others is checked here.
class CallbackWordTest {
    private static final List<CallbackWord.Callback> CALLBACKS = List.of(CallbackWord.Callback.values());
    private static final String LETTERS = "acfpwitedr";

    @ParameterizedTest
    @ValueSource(strings = {"acdr", "acfffdr", "acwfiwfedr", "acedr", "acfewiwdr", "acidr", "acpfpepdr", "actftetdr"})
    void takesTheLifeOfAConnection(String letters) {
        CallbackWord word = new CallbackWord();
        letters.chars().forEach(letter -> assertTrue(word.add(callback(letter), false), word::toString));
        assertTrue(word.isComplete(false));
        assertTrue(word.isReleased());
        assertEquals(letters, word.toString());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "aa", "c", "f", "af", "acc", "aca", "acfef", "acee", "aw", "ai", "at", "acdf", "acdd", "acdw", "acde",
                "p", "acdp"
            })
    void refusesTheLastOf(String letters) {
        expectRefusalOfTheLast(letters);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "acr", "acdrr", "acdrf", "acdrw", "acdri", "acdrd", "adr", "ad", "acdi", "acdt", "e", "d", "r", "i"
            })
    void refusesALateOrAnEarlyEnd(String letters) {
        CallbackWord word = new CallbackWord();
        boolean all = true;
        for (int i = 0; i < letters.length(); i++) {
            all &= word.add(callback(letters.charAt(i)), false);
        }
        assertFalse(all, letters);
        assertFalse(word.isComplete(false), letters);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "a", "ac", "acf", "acd", "aced"})
    void isNotOverBeforeItsEnd(String letters) {
        CallbackWord word = new CallbackWord();
        letters.chars().forEach(letter -> assertTrue(word.add(callback(letter), false), word::toString));
        assertFalse(word.isComplete(false));
        assertFalse(word.isReleased());
    }

    @Test
    void onlyAFailureInAllocatedMayLeaveOutConnected() {
        CallbackWord word = new CallbackWord();
        assertTrue(word.add(CallbackWord.Callback.CONNECTION_ALLOCATED, false));
        assertTrue(word.add(CallbackWord.Callback.DISCONNECTED, true));
        assertTrue(word.add(CallbackWord.Callback.CONNECTION_RELEASED, true));
        assertTrue(word.isComplete(true));
        assertFalse(word.isComplete(false));
    }

    @Test
    void longWordIsKeptShort() {
        CallbackWord word = new CallbackWord();
        word.add(CallbackWord.Callback.CONNECTION_ALLOCATED, false);
        word.add(CallbackWord.Callback.CONNECTED, false);
        for (int i = 0; i < 100_000; i++) {
            assertTrue(word.add(CallbackWord.Callback.FRAME_RECEIVED, false));
        }
        word.add(CallbackWord.Callback.INPUT_ENDED, false);
        word.add(CallbackWord.Callback.DISCONNECTED, false);
        word.add(CallbackWord.Callback.CONNECTION_RELEASED, false);
        assertTrue(word.isComplete(false));
        assertTrue(word.toString().length() < 150, word::toString);
        assertTrue(word.toString().contains("more"), word::toString);
    }

    private static void expectRefusalOfTheLast(String letters) {
        CallbackWord word = new CallbackWord();
        int last = letters.length() - 1;
        for (int i = 0; i < last; i++) {
            assertTrue(word.add(callback(letters.charAt(i)), false), letters);
        }
        assertFalse(word.add(callback(letters.charAt(last)), false), letters);
        assertFalse(word.isComplete(false), letters);
    }

    private static CallbackWord.Callback callback(int letter) {
        return CALLBACKS.get(LETTERS.indexOf(letter));
    }
}
