package io.github.iocp4j;

import java.util.concurrent.atomic.AtomicLong;

/// How full the send queue of a connection is, and who is to be told when there is room again.
///
/// What counts is memory that the queue keeps from being used otherwise: the whole buffer of each frame. Any thread
/// may use it.
final class SendMarks {
    private final ConnectionContext context;
    private final NodeShare nodes;
    private final SendShortage shortage;
    private final long highMark;
    private final AtomicLong queuedBytes = new AtomicLong();
    private volatile boolean writableOwed;

    SendMarks(ConnectionContext context, EndpointCore endpoint, NodeShare nodes) {
        this.context = context;
        this.nodes = nodes;
        EndpointOptions options = endpoint.options();
        highMark = options.sendHighMarkBytes();
        shortage = new SendShortage(endpoint, context.deadlines(), nodes, SendNode.pieces(options.maxFrameBytes()));
    }

    /// Charges the queue with `pinned` bytes.
    ///
    /// @return what it is charged with now
    long charge(long pinned) {
        return queuedBytes.addAndGet(pinned);
    }

    /// Takes a charge back.
    ///
    /// @return whether the queue has gone down to its mark, or is empty while the connection is closing
    boolean uncharge(long pinned) {
        long left = queuedBytes.addAndGet(-pinned);
        boolean crossed = left <= highMark && left + pinned > highMark;
        return crossed || (left == 0 && context.isOutputClosed());
    }

    /// Takes the charge of a send back that is over.
    ///
    /// @return whether something has changed that the holder of the turn wants to know
    boolean unchargeSent(long pinned) {
        boolean tell = uncharge(pinned) || shortage.isFrameWaiting();
        // Also when it has been overdrawn and is no more: whoever overdraws it is owed a writable.
        return tell || (writableOwed && !isAbove());
    }

    boolean isEmpty() {
        return queuedBytes.get() == 0;
    }

    boolean isAbove() {
        return isAbove(queuedBytes.get());
    }

    /// Whether the queue is not above `limit`, which is above the mark.
    boolean isWithin(long limit) {
        return queuedBytes.get() <= limit && !nodes.isOverdrawn();
    }

    /// Whether a queue that is charged so much is above its mark.
    boolean isAbove(long charged) {
        return charged > highMark || nodes.isOverdrawn();
    }

    /// Somebody has gone above the mark, and is to be told when the queue is at or below it.
    void oweWritable() {
        writableOwed = true;
    }

    /// Whether the handler is to be told that the queue has gone down to its mark; asking takes the answer.
    boolean takeWritable() {
        if (!writableOwed || isAbove()) {
            return false;
        }
        writableOwed = false;
        // Whoever has gone above the mark meanwhile has noted that he is owed one, perhaps before this was cleared.
        if (isAbove()) {
            writableOwed = true;
            return false;
        }
        return true;
    }

    /// A frame was refused: sees to it that a `writable` follows when no send of this queue brings one.
    void refused() {
        if (isAbove()) {
            writableOwed = true;
            if (!isAbove()) {
                context.request(ConnectionContext.TURN);
            }
        } else {
            shortage.refused();
        }
    }

    /// Whether an answer to a frame would find room. For the holder of the turn, which comes back when there may be.
    boolean hasRoomForAnswer() {
        return shortage.beginAnswer(queuedBytes.get());
    }

    /// The alarm has rung.
    void resume(long now) {
        if (shortage.resume(now, queuedBytes.get())) {
            writableOwed = true;
        }
    }

    /// The last operation of the connection is home, and nothing waits.
    void reset() {
        writableOwed = false;
        shortage.reset();
    }
}
