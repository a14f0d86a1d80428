package io.github.iocp4j;

import io.github.iocp4j.frame.Framing;
import io.github.iocp4j.internal.concurrent.Claim;
import io.github.iocp4j.memory.IoBuffer;
import io.github.iocp4j.net.BufferVector;
import io.github.iocp4j.net.TcpChannel;
import io.github.iocp4j.port.IoWorker;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/// The sends of one connection, in order: the article's `m_SendBufferMap`, without its map.
///
/// Any thread adds a frame, as a chain of nodes, in one step: so frames never mix, and of two sends of which
/// one returned before the other began, the first goes first. Whoever holds the claim takes nodes out and
/// submits them, at most two sends at a time; the order of submissions is the order of bytes. Each send in
/// flight owns its nodes until it is home.
///
/// What counts against marks and limits is memory that the queue keeps from being used otherwise: the whole
/// buffer of each frame.
final class SendQueue {
    private static final int ALL_SLOTS = (1 << EndpointOptions.SENDS_IN_FLIGHT) - 1;

    private static final VarHandle FREE_SLOTS;

    static {
        try {
            FREE_SLOTS = MethodHandles.lookup().findVarHandle(SendQueue.class, "freeSlots", int.class);
        } catch (ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    private final ConnectionContext context;
    private final EndpointResources resources;
    private final NodeShare nodes;
    private final SendBudget budget;
    private final SendShortage shortage;
    private final Framing framing;
    private final SendPace pace;
    private final StallWatch stall;
    private final long highMark;
    private final long limit;
    private final SendSlot[] slots = new SendSlot[EndpointOptions.SENDS_IN_FLIGHT];
    private final Claim claim = new Claim();
    private final SendList list;
    private final AtomicLong queuedBytes = new AtomicLong();

    /// The slots that are not in flight, as bits: cleared under the claim, set by who brings a send home.
    private volatile int freeSlots = ALL_SLOTS;

    /// Belongs to the holder of the turn.
    private boolean answerDue;

    private volatile boolean writableOwed;
    private volatile boolean dropping;
    private volatile int failure;

    SendQueue(ConnectionContext context, EndpointCore endpoint) {
        this.context = context;
        EndpointOptions options = endpoint.options();
        resources = endpoint.resources();
        budget = resources.sendBudget();
        nodes = new NodeShare(resources.sendNodes(), budget);
        framing = options.framing();
        shortage = new SendShortage(endpoint, context.deadlines(), nodes, SendNode.pieces(options.maxFrameBytes()));
        list = new SendList(resources.sendNodes());
        pace = new SendPace(context);
        stall = new StallWatch(context.deadlines(), options.timeLimits().writeStall());
        highMark = options.sendHighMarkBytes();
        limit = options.sendLimitBytes();
        for (int i = 0; i < slots.length; i++) {
            slots[i] = new SendSlot(this, context, endpoint.port(), i);
        }
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

    boolean isAboveMark() {
        return queuedBytes.get() > highMark || nodes.isOverdrawn();
    }

    /// From here on to [#endAnswer] the holder of the turn may add one frame in any case: it has seen the queue
    /// not above the mark, whatever other threads may add meanwhile.
    ///
    /// @return `false` when there is no room for an answer: then the turn comes back when there may be
    boolean beginAnswer() {
        answerDue = shortage.beginAnswer(queuedBytes.get());
        return answerDue;
    }

    void endAnswer() {
        answerDue = false;
    }

    /// The alarm has rung.
    ///
    /// @return whether sends are to be tried again
    boolean resume(long now) {
        if (shortage.resume(now, queuedBytes.get())) {
            writableOwed = true;
        }
        return pace.resume(now);
    }

    /// Since when the sends in flight have made no progress, or [Relief#NOTHING].
    long stalledSince() {
        return freeSlots == ALL_SLOTS ? Relief.NOTHING : stall.lastProgress();
    }

    /// Whether the peer has taken nothing for too long. Only the holder of the turn asks, when the time has
    /// come.
    boolean isStalled(long now) {
        return stall.isOver(now, this::isInFlight);
    }

    private boolean isInFlight() {
        return freeSlots != ALL_SLOTS;
    }

    /// Whether nothing is queued and nothing is in flight.
    boolean isIdle() {
        return queuedBytes.get() == 0 && !isInFlight();
    }

    /// Whether there is something to submit: who asks for submissions looks here first.
    boolean hasWaiting() {
        return list.hasWaiting();
    }

    /// The Winsock code of the first send that failed, or 0.
    int failure() {
        return failure;
    }

    /// Whether the handler is to be told that the queue has gone down to its mark; asking takes the answer.
    boolean takeWritable() {
        if (!writableOwed || isAboveMark()) {
            return false;
        }
        writableOwed = false;
        // Whoever has gone above the mark meanwhile has noted that he is owed one, perhaps before this was cleared.
        if (isAboveMark()) {
            writableOwed = true;
            return false;
        }
        return true;
    }

    /// Submits what waits, as far as two sends in flight and the worker's inline limit allow. Whoever calls
    /// holds a count.
    ///
    /// @return whether something has changed that the holder of the turn wants to know
    boolean submit(IoWorker worker) {
        boolean tell = false;
        if (!claim.enter()) {
            return false;
        }
        do {
            while (worker.inlineLeft() > 0 && canSubmit()) {
                tell |= submitOne(worker);
            }
            if (dropping) {
                tell |= dropWaiting();
            } else if (worker.inlineLeft() <= 0 && hasWaiting()) {
                context.request(ConnectionContext.SEND);
            }
        } while (!claim.leave());
        return tell;
    }

    /// Gives up what waits; what is in flight comes home by itself.
    void drop(IoWorker worker) {
        dropping = true;
        submit(worker);
    }

    /// A pending send has come home.
    void progressed() {
        stall.progressed();
    }

    /// A send is over.
    ///
    /// @return whether something has changed that the holder of the turn wants to know
    boolean finished(SendSlot slot, int code, int bytes) {
        int outcome = code == 0 && bytes != slot.bytes() ? TcpChannel.ABORTED : code;
        int locked = slot.pages();
        long pinned = slot.releaseNodes(nodes);
        if (outcome != 0 && failure == 0) {
            failure = outcome;
        }
        FREE_SLOTS.getAndBitwiseOr(this, slot.bit());
        pace.hurry(locked);
        boolean tell = uncharge(pinned) || outcome != 0 || shortage.isFrameWaiting();
        // Also when it has been overdrawn and is no more: whoever overdraws it is owed a writable.
        return tell || (writableOwed && !isAboveMark());
    }

    /// Empties the queue when the last operation of the connection is home, for the next connection.
    void reset() {
        dropWaiting();
        writableOwed = false;
        pace.reset();
        shortage.reset();
        stall.reset();
        dropping = false;
        failure = 0;
    }

    void giveBackOperations() {
        for (SendSlot slot : slots) {
            slot.giveBackOperation();
        }
    }

    /// @param privileged whether it is an answer that is taken in any case
    private SendResult add(@Nullable IoBuffer buffer, int offset, int length, boolean privileged) {
        long pinned = framing.maxHeaderBytes() + (buffer == null ? 0L : buffer.capacity());
        long charged = queuedBytes.addAndGet(pinned);
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
        boolean above = charged > highMark || nodes.isOverdrawn();
        if (above) {
            writableOwed = true;
        }
        list.push(chain, SendNode.fill(chain, buffer, offset, length, pinned));
        if (above && !isAboveMark()) {
            // It has gone down before anybody could know that a writable was owed.
            context.request(ConnectionContext.TURN);
        }
        return above ? SendResult.ABOVE_MARK : SendResult.QUEUED;
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
        SendNode node = chain;
        while (node != null) {
            SendNode following = node.next;
            nodes.give(node);
            node = following;
        }
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

    /// Refuses, and sees to it that a `writable` follows when no send of this queue brings one.
    private SendResult refused() {
        resources.countRefusedSend();
        if (isAboveMark()) {
            writableOwed = true;
            if (!isAboveMark()) {
                context.request(ConnectionContext.TURN);
            }
        } else {
            shortage.refused();
        }
        return SendResult.REFUSED_FULL;
    }

    private SendResult takeBack(long pinned, SendResult result) {
        if (uncharge(pinned)) {
            context.request(ConnectionContext.TURN);
        }
        return result;
    }

    /// @return whether the queue has gone down to its mark, or is idle while the connection is closing
    private boolean uncharge(long pinned) {
        long left = queuedBytes.addAndGet(-pinned);
        boolean crossed = left <= highMark && left + pinned > highMark;
        return crossed || (left == 0 && context.isOutputClosed());
    }

    private boolean canSubmit() {
        return !dropping && freeSlots != 0 && !pace.isWaiting() && !list.isEmpty();
    }

    private boolean submitOne(IoWorker worker) {
        int free = freeSlots;
        SendSlot slot = slots[Integer.numberOfTrailingZeros(free)];
        BufferVector vector = resources.state(worker).vector;
        list.moveTo(slot, vector, pace.mostPages());
        if (!pace.lock(slot.pages())) {
            list.takeBack(slot);
            return false;
        }
        if (free == ALL_SLOTS) {
            stall.start();
        }
        FREE_SLOTS.getAndBitwiseAnd(this, ~slot.bit());
        context.enterIo();
        int code = slot.send(context.channel(), vector);
        if (code == TcpChannel.PENDING) {
            pace.taken();
            stall.pending();
            return false;
        }
        worker.countInline();
        boolean tell = false;
        if (MemoryRetry.isShortage(code)) {
            list.takeBack(slot);
            FREE_SLOTS.getAndBitwiseOr(this, slot.bit());
            pace.refused(slot.pages());
        } else {
            pace.taken();
            tell = finishedAtOnce(slot, code, worker);
        }
        context.exitIoNotLast();
        return tell;
    }

    private boolean finishedAtOnce(SendSlot slot, int code, IoWorker worker) {
        int bytes = slot.transferred(code);
        if (code == 0) {
            resources.state(worker).sendsInline++;
            context.countSent(bytes, worker);
        }
        return finished(slot, code, bytes);
    }

    private boolean dropWaiting() {
        boolean tell = false;
        SendNode node = list.takeAll();
        while (node != null) {
            SendNode next = node.next;
            long pinned = node.pinnedBytes();
            nodes.give(node);
            tell |= uncharge(pinned);
            node = next;
        }
        return tell;
    }
}
