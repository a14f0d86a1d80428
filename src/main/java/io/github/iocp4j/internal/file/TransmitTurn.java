package io.github.iocp4j.internal.file;

/// The place of one file among those that want [TransmitTurns], and how much of it goes out in a turn. One thread
/// at a time.
public final class TransmitTurn {
    private final TransmitTurns turns;
    private final ChunkSize chunks;
    private boolean held;

    /// It had the last turn that it asked for, and leaves the next one to those that wait.
    private boolean hadLast;

    private boolean waiting;
    private long begun;

    /// @param mostBytes no part is larger
    public TransmitTurn(TransmitTurns turns, int mostBytes) {
        this.turns = turns;
        chunks = new ChunkSize(mostBytes);
    }

    /// Whether a part is on its way in the turn.
    public boolean isHeld() {
        return held;
    }

    /// Whether there is a turn for it: out of date when it is read.
    public boolean isFree() {
        return turns.isFree(hadLast);
    }

    /// Takes a turn for one part, if there is one.
    ///
    /// @param now in nanoseconds, like that of [#give]
    public boolean tryTake(long now) {
        if (!turns.tryTake(hadLast)) {
            return false;
        }
        setWaiting(false);
        held = true;
        hadLast = true;
        begun = now;
        return true;
    }

    /// How many bytes the part has, when there are `left` to go.
    public int partBytes(long left) {
        return chunks.next(left);
    }

    /// The part is out: gives the turn back.
    public void give(long now) {
        held = false;
        turns.give();
        chunks.took(now - begun);
    }

    /// The file's next part goes without a turn.
    ///
    /// @param wantsNext whether it would like one for the part behind that
    public void miss(boolean wantsNext) {
        hadLast = false;
        setWaiting(wantsNext);
    }

    /// The file wants no more turns, and gives back what it has.
    public void end() {
        setWaiting(false);
        if (held) {
            held = false;
            turns.give();
        }
    }

    private void setWaiting(boolean wanted) {
        if (wanted != waiting) {
            waiting = wanted;
            if (wanted) {
                turns.enqueue();
            } else {
                turns.dequeue();
            }
        }
    }
}
