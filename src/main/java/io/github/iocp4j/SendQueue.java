package io.github.iocp4j;

import io.github.iocp4j.frame.Framing;
import io.github.iocp4j.internal.concurrent.Claim;
import io.github.iocp4j.memory.IoBuffer;
import io.github.iocp4j.net.BufferVector;
import io.github.iocp4j.net.TcpChannel;
import io.github.iocp4j.port.CompletionPort;
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
    /// A send takes a piece of a frame, or several frames of about that much together: a send locks all its
    /// pages.
    private static final int SEND_BYTES = SendNode.PIECE_BYTES + Framing.MOST_HEADER_BYTES;

    private static final VarHandle INCOMING;
    private static final VarHandle FREE_SLOTS;

    static {
        try {
            INCOMING = MethodHandles.lookup().findVarHandle(SendQueue.class, "incoming", SendNode.class);
            FREE_SLOTS = MethodHandles.lookup().findVarHandle(SendQueue.class, "freeSlots", int.class);
        } catch (ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    private final ConnectionContext context;
    private final EndpointResources resources;
    private final NodeShare nodes;
    private final SendShortage shortage;
    private final Framing framing;
    private final long highMark;
    private final long limit;
    private final SendSlot[] slots = new SendSlot[EndpointOptions.SENDS_IN_FLIGHT];
    private final Claim claim = new Claim();
    private final AtomicLong queuedBytes = new AtomicLong();

    /// Nodes that were added and not looked at yet, the newest first.
    @SuppressWarnings("unused") // through INCOMING
    private volatile @Nullable SendNode incoming;

    /// Nodes to be sent next, in order. They belong to the holder of the claim.
    private volatile @Nullable SendNode first;

    private @Nullable SendNode last;

    /// The slots that are not in flight, as bits: cleared under the claim, set by who brings a send home.
    private volatile int freeSlots = (1 << EndpointOptions.SENDS_IN_FLIGHT) - 1;

    /// Belongs to the holder of the turn.
    private boolean answerDue;

    private volatile boolean writableOwed;
    private volatile boolean dropping;
    private volatile int failure;

    SendQueue(ConnectionContext context, EndpointResources resources, EndpointOptions options, CompletionPort port) {
        this.context = context;
        this.resources = resources;
        nodes = new NodeShare(resources.sendNodes());
        shortage = new SendShortage(context, resources, nodes, SendNode.pieces(options.maxFrameBytes()));
        framing = options.framing();
        highMark = options.sendHighMarkBytes();
        limit = options.sendLimitBytes();
        for (int i = 0; i < slots.length; i++) {
            slots[i] = new SendSlot(this, context, port, i);
        }
    }

    /// Adds a frame whose payload is copied.
    SendResult offer(MemorySegment data, long offset, int length) {
        if (length == 0) {
            return add(null, 0, 0);
        }
        IoBuffer copy = resources.sendBuffers().take(length);
        IoWorker answering = copy == null ? answering() : null;
        if (answering != null) {
            copy = resources.sendBuffers().takeForAnswer(length, resources.state(answering));
        }
        if (copy == null) {
            return refused();
        }
        try {
            MemorySegment.copy(data, offset, copy.segment(), 0, length);
            return add(copy, 0, length);
        } finally {
            copy.release();
        }
    }

    /// Adds a frame whose payload is `length` bytes of `buffer`, which is shared.
    SendResult offer(IoBuffer buffer, int offset, int length) {
        return add(length == 0 ? null : buffer, offset, length);
    }

    boolean isAboveMark() {
        return queuedBytes.get() > highMark || nodes.isOverdrawn();
    }

    /// From here on to [#endAnswer] the holder of the turn may add one frame in any case: it has seen the queue
    /// not above the mark, whatever other threads may add meanwhile.
    ///
    /// @return `false` when there is no room for a copy: then the alarm brings the turn back
    boolean beginAnswer(IoWorker worker) {
        answerDue = shortage.beginAnswer(worker);
        return answerDue;
    }

    void endAnswer(IoWorker worker) {
        answerDue = false;
        shortage.endAnswer(worker);
    }

    /// The alarm has come, perhaps that of a shortage.
    void resume() {
        if (shortage.resume()) {
            writableOwed = true;
        }
    }

    /// Whether nothing is queued and nothing is in flight.
    boolean isIdle() {
        return queuedBytes.get() == 0;
    }

    /// Whether there is something to submit: who asks for submissions looks here first.
    boolean hasWaiting() {
        return incoming != null || first != null;
    }

    /// The Winsock code of the first send that failed, or 0.
    int failure() {
        return failure;
    }

    /// Whether the handler is to be told that the queue has gone down to its mark; asking takes the answer.
    boolean takeWritable() {
        if (writableOwed && !isAboveMark()) {
            writableOwed = false;
            return true;
        }
        return false;
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

    /// A send is over.
    ///
    /// @return whether something has changed that the holder of the turn wants to know
    boolean finished(SendSlot slot, int code, int bytes) {
        int outcome = code == 0 && bytes != slot.bytes() ? TcpChannel.ABORTED : code;
        boolean wasOverdrawn = nodes.isOverdrawn();
        long pinned = slot.releaseNodes(nodes);
        if (outcome != 0 && failure == 0) {
            failure = outcome;
        }
        FREE_SLOTS.getAndBitwiseOr(this, slot.bit());
        boolean tell = uncharge(pinned) || outcome != 0;
        return tell || (wasOverdrawn && !nodes.isOverdrawn());
    }

    /// Empties the queue when the last operation of the connection is home, for the next connection.
    void reset() {
        dropWaiting();
        writableOwed = false;
        shortage.reset();
        dropping = false;
        failure = 0;
    }

    void giveBackOperations() {
        for (SendSlot slot : slots) {
            slot.giveBackOperation();
        }
    }

    private SendResult add(@Nullable IoBuffer buffer, int offset, int length) {
        long pinned = framing.maxHeaderBytes() + (buffer == null ? 0L : buffer.capacity());
        long charged = queuedBytes.addAndGet(pinned);
        if (context.isOutputClosed()) {
            return takeBack(pinned, SendResult.CLOSED);
        }
        int pieces = SendNode.pieces(length);
        SendNode chain = charged > limit ? null : nodes.take(pieces, false);
        boolean isAnswer = chain == null && answering() != null;
        if (isAnswer) {
            chain = nodes.take(pieces, true);
        }
        if (chain == null) {
            takeBack(pinned, SendResult.REFUSED_FULL);
            return refused();
        }
        writeHeader(chain, length, pinned);
        if (isAnswer) {
            answerDue = false;
        }
        if (length == 0 && chain.headerBytes() == 0) {
            // A send of no bytes would be one that nobody sees.
            nodes.give(chain);
            return takeBack(pinned, SendResult.QUEUED);
        }
        boolean above = charged > highMark || nodes.isOverdrawn();
        if (above) {
            writableOwed = true;
        }
        push(chain, SendNode.fill(chain, buffer, offset, length, pinned));
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
            SendNode node = chain;
            while (node != null) {
                SendNode following = node.next;
                nodes.give(node);
                node = following;
            }
            takeBack(pinned, SendResult.REFUSED_FULL);
            throw e;
        }
    }

    /// Puts the nodes of a frame on the queue, in one step.
    private void push(SendNode bottom, SendNode top) {
        SendNode seen;
        do {
            seen = incoming;
            bottom.next = seen;
        } while (!INCOMING.compareAndSet(this, seen, top));
    }

    /// The worker that the caller is, if it runs the handler of a frame, which has sent no answer yet.
    private @Nullable IoWorker answering() {
        IoWorker worker = IoWorker.current();
        return worker != null && context.isHeldBy(worker) && answerDue ? worker : null;
    }

    /// Refuses, and sees to it that a `writable` follows when no send of this queue brings one.
    private SendResult refused() {
        resources.countRefusedSend();
        if (!isAboveMark()) {
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
        if (dropping || freeSlots == 0) {
            return false;
        }
        if (first == null) {
            takeIncoming();
        }
        return first != null;
    }

    private boolean submitOne(IoWorker worker) {
        SendSlot slot = slots[Integer.numberOfTrailingZeros(freeSlots)];
        BufferVector vector = resources.state(worker).vector;
        vector.clear();
        slot.own(takeNodes(vector), vector.totalBytes());
        FREE_SLOTS.getAndBitwiseAnd(this, ~slot.bit());
        context.enterIo();
        int code = slot.send(context.channel(), vector);
        if (code == TcpChannel.PENDING) {
            return false;
        }
        worker.countInline();
        int bytes = slot.transferred(code);
        if (code == 0) {
            WorkerState state = resources.state(worker);
            state.sendsInline++;
            state.bytesSent += bytes;
        }
        boolean tell = finished(slot, code, bytes);
        context.exitIoNotLast();
        return tell;
    }

    /// Moves nodes from the queue to `vector`, as many as one send takes.
    private SendNode takeNodes(BufferVector vector) {
        SendNode begin = first;
        SendNode end = null;
        SendNode node = begin;
        while (node != null && fits(node, vector)) {
            addOutgoing(node, vector);
            end = node;
            node = node.next;
            if (node == null) {
                first = null;
                last = null;
                takeIncoming();
                node = first;
                end.next = node;
            }
        }
        if (begin == null || end == null) {
            throw new AssertionError("a send takes at least one node");
        }
        end.next = null;
        first = node;
        return begin;
    }

    /// Adds a node to a send. All that is sent passes here, and only here, in the order of the stream: this is the
    /// place for a two-way stage between the framing and the connection, such as TLS. Its other side is
    /// [ConnectionStage#takeReceived].
    private static void addOutgoing(SendNode node, BufferVector vector) {
        if (node.headerBytes() > 0) {
            vector.add(node.headerAddress(), node.headerBytes());
        }
        if (node.length() > 0) {
            vector.add(node.payloadAddress(), node.length());
        }
    }

    private static boolean fits(SendNode node, BufferVector vector) {
        return vector.count() == 0
                || (vector.count() + 2 <= BufferVector.CAPACITY
                        && vector.totalBytes() + node.headerBytes() + node.length() <= SEND_BYTES);
    }

    /// Appends what was added since the last look, turned round: the newest is on top there.
    private void takeIncoming() {
        SendNode node = (SendNode) INCOMING.getAndSet(this, null);
        SendNode newest = node;
        SendNode ordered = null;
        while (node != null) {
            SendNode older = node.next;
            node.next = ordered;
            ordered = node;
            node = older;
        }
        if (ordered == null) {
            return;
        }
        SendNode tail = last;
        if (first == null || tail == null) {
            first = ordered;
        } else {
            tail.next = ordered;
        }
        last = newest;
    }

    private boolean dropWaiting() {
        takeIncoming();
        boolean tell = false;
        SendNode node = first;
        first = null;
        last = null;
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
