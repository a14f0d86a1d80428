package io.github.iocp4j;

import io.github.iocp4j.frame.Framing;
import io.github.iocp4j.net.BufferVector;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import org.jspecify.annotations.Nullable;

/// The nodes of a connection that wait to be sent, in order.
///
/// Any thread adds the nodes of a frame in one step. All else is for the holder of the send queue's claim.
final class SendList {
    /// A send takes a piece of a frame, or several frames of about that much together: a send locks all its
    /// pages.
    private static final int SEND_BYTES = SendNode.PIECE_BYTES + Framing.MOST_HEADER_BYTES;

    private static final VarHandle INCOMING;

    static {
        try {
            INCOMING = MethodHandles.lookup().findVarHandle(SendList.class, "incoming", SendNode.class);
        } catch (ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    private final SendNodes source;

    /// Nodes that were added and not looked at yet, the newest first.
    @SuppressWarnings("unused") // through INCOMING
    private volatile @Nullable SendNode incoming;

    private volatile @Nullable SendNode first;
    private @Nullable SendNode last;

    /// @param source where a part of a node gets memory for its header
    SendList(SendNodes source) {
        this.source = source;
    }

    /// Adds the nodes of a frame, in one step. Any thread.
    ///
    /// @param bottom the first piece, which the chain that begins with `top` ends with
    void push(SendNode bottom, SendNode top) {
        SendNode seen;
        do {
            seen = incoming;
            bottom.next = seen;
        } while (!INCOMING.compareAndSet(this, seen, top));
    }

    /// Whether there is something to send. Any thread: out of date when it is read.
    boolean hasWaiting() {
        return incoming != null || first != null;
    }

    /// Whether the next node is the offer of a file.
    boolean isOfferNext() {
        SendNode next = first;
        return next != null && next.mark() == SendNode.OFFER;
    }

    /// Whether the next node goes on with a frame whose beginning has been sent.
    boolean isInsideFrame() {
        SendNode next = first;
        return next != null && next.mark() == SendNode.PLAIN && next.headerBytes() == 0;
    }

    boolean isEmpty() {
        if (first == null) {
            takeIncoming();
        }
        return first == null;
    }

    /// Moves nodes to `slot`, as many as one send takes, or a part of the first one.
    ///
    /// @param mostPages how many pages the send may lock
    void moveTo(SendSlot slot, BufferVector vector, int mostPages) {
        SendNode begin = first;
        if (begin == null) {
            throw new AssertionError("who submits has seen something to submit");
        }
        vector.clear();
        int touched = begin.touchedPages();
        if (touched > mostPages) {
            slot.ownPart(begin, begin.bytesWithin(mostPages), vector, source);
            return;
        }
        begin.addTo(vector);
        SendNode end = begin;
        SendNode node = following(end);
        while (node != null && begin.mark() == SendNode.PLAIN && fits(node, vector, mostPages - touched)) {
            touched += node.touchedPages();
            node.addTo(vector);
            end = node;
            node = following(end);
        }
        end.next = null;
        first = node;
        slot.own(begin, vector, touched);
    }

    /// Takes back what [#moveTo] gave and was not sent.
    void takeBack(SendSlot slot) {
        SendNode queued = first;
        SendNode head = slot.disown(queued);
        first = head;
        if (queued == null) {
            SendNode tail = head;
            while (tail.next != null) {
                tail = tail.next;
            }
            last = tail;
        }
    }

    /// Takes all that is there, as a chain; nothing waits any more.
    @Nullable
    SendNode takeAll() {
        takeIncoming();
        SendNode all = first;
        first = null;
        last = null;
        return all;
    }

    /// Takes the next node alone, to be given up.
    SendNode takeFirst() {
        SendNode taken = first;
        if (taken == null) {
            throw new AssertionError("who takes a node has seen it");
        }
        first = following(taken);
        taken.next = null;
        return taken;
    }

    private static boolean fits(SendNode node, BufferVector vector, int pagesLeft) {
        return node.mark() == SendNode.PLAIN
                && vector.count() + 2 <= BufferVector.CAPACITY
                && vector.totalBytes() + node.headerBytes() + node.length() <= SEND_BYTES
                && node.touchedPages() <= pagesLeft;
    }

    /// The node after `end`, also when it was added only now.
    private @Nullable SendNode following(SendNode end) {
        if (end.next == null) {
            first = null;
            last = null;
            takeIncoming();
            end.next = first;
        }
        return end.next;
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
}
