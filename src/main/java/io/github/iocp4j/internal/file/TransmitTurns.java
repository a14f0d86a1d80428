package io.github.iocp4j.internal.file;

/// Who may call TransmitFile: so many files of an endpoint at a time, for one part each.
///
/// Nobody is held up. Who finds no turn free reads and sends its next part by itself, and is counted as one that
/// waits; who has had a turn leaves the next one to those. Any thread may use it.
public final class TransmitTurns {
    private final int limit;
    private int taken;
    private int waiting;

    /// @param limit how many turns there are
    public TransmitTurns(int limit) {
        this.limit = limit;
    }

    /// Whether there is a turn: out of date when it is read.
    ///
    /// @param again whether it is for a file that has had the last turn that it asked for
    public synchronized boolean isFree(boolean again) {
        return taken < limit && !(again && waiting > 0);
    }

    /// Takes a turn for one part of a file.
    public synchronized boolean tryTake(boolean again) {
        boolean free = isFree(again);
        taken += free ? 1 : 0;
        return free;
    }

    /// Gives a turn back.
    public synchronized void give() {
        taken--;
    }

    /// A file has found no turn, and would like the next one.
    public synchronized void enqueue() {
        waiting++;
    }

    /// It has found one, or wants none any more.
    public synchronized void dequeue() {
        waiting--;
    }
}
