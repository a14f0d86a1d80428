package io.github.iocp4j;

import io.github.iocp4j.frame.Framing;
import io.github.iocp4j.memory.IoBuffer;
import io.github.iocp4j.port.IoWorker;
import java.lang.foreign.MemorySegment;
import org.jspecify.annotations.Nullable;

/// The frames of one connection on their way to be sent, in order: the article's `m_SendBufferMap`, without its map.
///
/// Any thread adds a frame, as a chain of nodes, in one step: so frames never mix, and of two sends of which one
/// returned before the other began, the first goes first. The [Sender] takes them out.
final class SendQueue {
    private final ConnectionContext context;
    private final EndpointResources resources;
    private final NodeShare nodes;
    private final SendBudget budget;
    private final SendMarks marks;
    private final Sender sender;
    private final Framing framing;
    private final long limit;

    /// Belongs to the holder of the turn.
    private boolean answerDue;

    SendQueue(ConnectionContext context, EndpointCore endpoint, NodeShare nodes, SendMarks marks, Sender sender) {
        this.context = context;
        this.nodes = nodes;
        this.marks = marks;
        this.sender = sender;
        resources = endpoint.resources();
        budget = resources.sendBudget();
        framing = endpoint.options().framing();
        limit = endpoint.options().sendLimitBytes();
    }

    /// Adds a frame whose payload is copied.
    SendResult offer(MemorySegment data, long offset, int length) {
        if (length == 0) {
            return add(null, 0, 0, false);
        }
        IoBuffer copy = resources.sendBuffers().take(length);
        boolean privileged = copy == null && takeAnswer();
        if (privileged) {
            copy = resources.sendBuffers().takeForAnswer(length);
        }
        if (copy == null) {
            return refused();
        }
        try {
            MemorySegment.copy(data, offset, copy.segment(), 0, length);
            return add(copy, 0, length, privileged);
        } finally {
            copy.release();
        }
    }

    /// Adds a frame whose payload is `length` bytes of `buffer`, which is shared, or copied when it is a small
    /// part of the buffer, which would be kept from being used otherwise.
    SendResult offer(IoBuffer buffer, int offset, int length) {
        IoBuffer copy = length > 0 && resources.sendBuffers().isWorthACopy(length, buffer)
                ? resources.sendBuffers().take(length)
                : null;
        if (copy == null) {
            return add(length == 0 ? null : buffer, offset, length, false);
        }
        try {
            MemorySegment.copy(buffer.segment(), offset, copy.segment(), 0, length);
            return add(copy, 0, length, false);
        } finally {
            copy.release();
        }
    }

    /// Adds the offer of a file. Once it is out, what was added later waits: see [FileSends]. Nothing refuses it.
    void offerFile(IoBuffer frame) {
        SendNode node = fileNode(frame, frame.used(), SendNode.OFFER);
        sender.list().push(node, node);
    }

    /// Adds an answer of the file transfer's handshake, or, with [SendNode#FILE], a part of a file, which has no
    /// header. Nothing refuses it.
    void addForFile(IoBuffer frame, int mark) {
        SendNode node = fileNode(frame, frame.used(), mark);
        sender.express().push(node, node);
    }

    /// Whether an answer of the handshake, or a part of a file, has not been sent yet.
    boolean hasAnswerWaiting() {
        return sender.express().hasWaiting();
    }

    /// From here on to [#endAnswer] the holder of the turn may add one frame in any case: it has seen the queue
    /// not above the mark, whatever other threads may add meanwhile. Or, where frames are delivered above the mark
    /// because the peer's answer to an offer is among them, not above the limit.
    ///
    /// @return `false` when there is no room for an answer: then the turn comes back when there may be
    boolean beginAnswer() {
        answerDue = marks.isWithin(limit) && marks.hasRoomForAnswer();
        return answerDue;
    }

    void endAnswer() {
        answerDue = false;
    }

    /// @param privileged whether it is an answer that is taken in any case
    private SendResult add(@Nullable IoBuffer buffer, int offset, int length, boolean privileged) {
        long pinned = framing.maxHeaderBytes() + (buffer == null ? 0L : buffer.capacity());
        long charged = marks.charge(pinned);
        if (context.isOutputClosed()) {
            return takeBack(pinned, SendResult.CLOSED);
        }
        SendNode chain = takeChain(pinned, charged, SendNode.pieces(length), privileged);
        if (chain == null) {
            takeBack(pinned, SendResult.REFUSED_FULL);
            return refused();
        }
        writeHeader(chain, length, pinned);
        if (length == 0 && chain.headerBytes() == 0) {
            // A send of no bytes would be one that nobody sees.
            giveBack(chain, pinned);
            return SendResult.QUEUED;
        }
        boolean above = marks.isAbove(charged);
        if (above) {
            marks.oweWritable();
        }
        sender.list().push(chain, SendNode.fill(chain, buffer, offset, length, pinned));
        if (above && !marks.isAbove()) {
            // It has gone down before anybody could know that a writable was owed.
            context.request(ConnectionContext.TURN);
        }
        return above ? SendResult.ABOVE_MARK : SendResult.QUEUED;
    }

    /// A node of the file transfer's, with a reference to `frame` of its own; what it is charged with keeps the
    /// queue from being idle, and no more.
    private SendNode fileNode(IoBuffer frame, int length, int mark) {
        SendNode node = nodes.takeForFile();
        if (mark != SendNode.FILE) {
            node.begin(framing, length);
        }
        node.carry(frame.retain(), 0, length, 1);
        node.setMark(mark);
        long _ = marks.charge(1);
        return node;
    }

    /// Has the framing write the header of a frame that nobody sees yet. If it can't, nothing has happened but the
    /// exception.
    private void writeHeader(SendNode chain, int length, long pinned) {
        try {
            chain.begin(framing, length);
        } catch (Throwable e) {
            giveBack(chain, pinned);
            throw e;
        }
    }

    /// Gives back all that a frame has got which is not sent after all.
    private void giveBack(SendNode chain, long pinned) {
        long _ = nodes.giveAll(chain);
        budget.giveBack(pinned);
        takeBack(pinned, SendResult.REFUSED_FULL);
    }

    /// The nodes for a frame, with its memory charged to the budget, or `null` when it must not be taken.
    private @Nullable SendNode takeChain(long pinned, long charged, int pieces, boolean privileged) {
        if (charged <= limit && budget.tryCharge(pinned, charged - pinned)) {
            SendNode chain = nodes.take(pieces, false);
            if (chain != null) {
                return chain;
            }
            budget.giveBack(pinned);
        }
        if (!privileged && !takeAnswer()) {
            return null;
        }
        budget.charge(pinned);
        return nodes.take(pieces, true);
    }

    /// Whether the caller runs the handler of a frame which has used its right to an answer not yet; it has
    /// then.
    private boolean takeAnswer() {
        IoWorker worker = IoWorker.current();
        if (worker == null || !context.isHeldBy(worker) || !answerDue) {
            return false;
        }
        answerDue = false;
        return true;
    }

    private SendResult refused() {
        resources.countRefusedSend();
        marks.refused();
        return SendResult.REFUSED_FULL;
    }

    private SendResult takeBack(long pinned, SendResult result) {
        if (marks.uncharge(pinned)) {
            context.request(ConnectionContext.TURN);
        }
        return result;
    }
}
