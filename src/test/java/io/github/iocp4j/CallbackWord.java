package io.github.iocp4j;

import java.util.regex.Pattern;

/// The callbacks of one connection so far, a letter each, and the grammar that they keep to.
///
/// The last look is one regular expression over the whole word. Until then an automaton says at each letter
/// whether it may come here, so that a wrong one is known at once. Of a long word the middle is left out.
final class CallbackWord {
    /// The callbacks of a connection, and how they are written.
    enum Callback {
        CONNECTION_ALLOCATED('a'),
        CONNECTED('c'),
        FRAME_RECEIVED('f'),
        PACKET_POSTED('p'),
        WRITABLE('w'),
        IDLE('i'),
        FILE('t'),
        INPUT_ENDED('e'),
        DISCONNECTED('d'),
        CONNECTION_RELEASED('r');

        private final char letter;

        Callback(char letter) {
            this.letter = letter;
        }
    }

    private enum State {
        NOTHING,
        ALLOCATED,
        CONNECTED,
        INPUT_ENDED,
        DISCONNECTED,
        RELEASED
    }

    /// Frames end with the input; whatever else happens while a connection is open may happen after it too.
    private static final Pattern LIFE = Pattern.compile("ac[fwitp]*(e[witp]*)?dr");

    /// A handler that fails in connectionAllocated is not told that it is connected; what was posted comes still.
    private static final Pattern STILLBORN = Pattern.compile("ap*dr");

    private static final int KEPT_AT_EACH_END = 48;

    private final StringBuilder letters = new StringBuilder();
    private State state = State.NOTHING;
    private long leftOut;

    /// Writes one more.
    ///
    /// @param stillborn whether the handler has failed before it could be told that it is connected
    /// @return whether it may come here
    synchronized boolean add(Callback callback, boolean stillborn) {
        letters.append(callback.letter);
        if (letters.length() > 2 * KEPT_AT_EACH_END) {
            letters.deleteCharAt(KEPT_AT_EACH_END);
            leftOut++;
        }
        State before = state;
        state = switch (callback) {
            case CONNECTION_ALLOCATED -> State.ALLOCATED;
            case CONNECTED -> State.CONNECTED;
            case FRAME_RECEIVED, PACKET_POSTED, WRITABLE, IDLE, FILE -> before;
            case INPUT_ENDED -> State.INPUT_ENDED;
            case DISCONNECTED -> State.DISCONNECTED;
            case CONNECTION_RELEASED -> State.RELEASED;
        };
        return switch (callback) {
            case CONNECTION_ALLOCATED -> before == State.NOTHING;
            case CONNECTED -> before == State.ALLOCATED;
            case FRAME_RECEIVED, INPUT_ENDED -> before == State.CONNECTED;
            case WRITABLE, IDLE, FILE -> before == State.CONNECTED || before == State.INPUT_ENDED;
            case PACKET_POSTED -> before == State.CONNECTED || before == State.INPUT_ENDED || before == State.ALLOCATED;
            case DISCONNECTED ->
                before == State.CONNECTED || before == State.INPUT_ENDED || (before == State.ALLOCATED && stillborn);
            case CONNECTION_RELEASED -> before == State.DISCONNECTED;
        };
    }

    /// Whether it is the word of a connection that is over.
    synchronized boolean isComplete(boolean stillborn) {
        return LIFE.matcher(letters).matches()
                || (stillborn && STILLBORN.matcher(letters).matches());
    }

    synchronized boolean isReleased() {
        return state == State.RELEASED;
    }

    @Override
    public synchronized String toString() {
        if (leftOut == 0) {
            return letters.toString();
        }
        return letters.substring(0, KEPT_AT_EACH_END) + "(" + leftOut + " more)" + letters.substring(KEPT_AT_EACH_END);
    }
}
