package io.github.iocp4j;

/// What becomes of one send queue when its endpoint is short of memory for sends: frames wait for the room of
/// their answers, and who was refused without being above the mark, so that no send of the queue will bring a
/// `writable`, is told by the timer.
final class SendShortage {
    private final EndpointCore endpoint;
    private final SendBudget budget;
    private final NodeShare nodes;
    private final int mostPieces;
    private final MemoryRetry retry;
    private volatile boolean refused;

    /// A frame waits for the room of its answer.
    private volatile boolean frameWaits;

    SendShortage(EndpointCore endpoint, Deadlines deadlines, NodeShare nodes, int mostPieces) {
        this.endpoint = endpoint;
        this.nodes = nodes;
        this.mostPieces = mostPieces;
        budget = endpoint.resources().sendBudget();
        retry = new MemoryRetry(deadlines, Deadlines.ANSWER);
    }

    /// A frame is about to be given to the handler.
    ///
    /// @param queued what the queue is charged with
    /// @return `false` when an answer might find no room: then a send that comes home, or the alarm, brings the
    /// turn back
    boolean beginAnswer(long queued) {
        if (budget.hasRoomFor(queued)) {
            if (frameWaits) {
                frameWaits = false;
                retry.succeeded();
            }
            return true;
        }
        frameWaits = true;
        if (budget.isSpent()) {
            endpoint.relief().closeMostStalled();
        }
        retry.laterUnlessWaiting();
        return false;
    }

    boolean isFrameWaiting() {
        return frameWaits;
    }

    /// A send was refused. Any thread that holds a count.
    void refused() {
        refused = true;
        retry.laterUnlessWaiting();
    }

    /// The alarm has come, perhaps that of a shortage.
    ///
    /// @param queued what the queue is charged with
    /// @return whether somebody was refused and there is room now
    boolean resume(long now, long queued) {
        if (!retry.resume(now) || !refused) {
            return false;
        }
        if (!budget.hasRoomFor(queued) || !nodes.hasRoom(mostPieces)) {
            retry.later();
            return false;
        }
        refused = false;
        retry.succeeded();
        return true;
    }

    void reset() {
        refused = false;
        frameWaits = false;
        retry.reset();
    }
}
