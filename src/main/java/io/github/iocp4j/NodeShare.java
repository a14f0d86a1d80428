package io.github.iocp4j;

import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/// A connection's share of the send nodes of its endpoint.
///
/// A few nodes are the connection's own, so that no other can starve it; more come from those that all share,
/// while there are any. Beyond its own, and only when there are no others, a connection still gets the nodes of an
/// answer; then it is overdrawn, and receives no frames until it is no more. So an answer never lacks a node.
final class NodeShare {
    /// How many nodes are the connection's own, those of an answer not counted.
    static final int OWN = 8;

    /// How many more a connection may need for its files: an offer, an answer, and the parts of a file that are
    /// read ahead.
    static final int FOR_FILES = 8;

    private final SendNodes nodes;
    private final SendBudget budget;
    private final AtomicInteger own = new AtomicInteger();

    NodeShare(SendNodes nodes, SendBudget budget) {
        this.nodes = nodes;
        this.budget = budget;
    }

    /// A chain of `count` nodes, or `null` when the connection must not have that many now. Any thread.
    ///
    /// @param isAnswer whether they are for an answer of a connection that was not overdrawn
    @Nullable
    SendNode take(int count, boolean isAnswer) {
        if (takeOwn(count)) {
            return nodes.take(count, false);
        }
        if (nodes.reserveShared(count)) {
            return nodes.take(count, true);
        }
        if (!isAnswer) {
            return null;
        }
        own.getAndAdd(count);
        return nodes.take(count, false);
    }

    /// A node for a frame of the file transfer's handshake, or for a part of a file: there always is one, since a
    /// connection has few of them at a time. It may be overdrawn then.
    SendNode takeForFile() {
        own.getAndIncrement();
        return nodes.take(1, false);
    }

    /// Empties the nodes of a chain and takes them back, with what they hold of the budget.
    ///
    /// @return what the queue was charged with for them
    long giveAll(@Nullable SendNode chain) {
        long pinned = 0;
        SendNode node = chain;
        while (node != null) {
            SendNode next = node.next;
            pinned += node.pinnedBytes();
            give(node);
            node = next;
        }
        return pinned;
    }

    private void give(SendNode node) {
        boolean shared = node.isShared();
        long held = node.budgetBytes();
        // Whoever is allowed a node finds one: so the node comes first.
        nodes.give(node);
        budget.giveBack(held);
        if (shared) {
            nodes.returnShared();
        } else {
            own.getAndDecrement();
        }
    }

    /// Whether a frame of `count` pieces finds its nodes now: out of date when it is read.
    boolean hasRoom(int count) {
        return own.get() + count <= OWN || nodes.hasShared(count);
    }

    boolean isOverdrawn() {
        return own.get() > OWN;
    }

    private boolean takeOwn(int count) {
        while (true) {
            int seen = own.get();
            if (seen + count > OWN) {
                return false;
            }
            if (own.compareAndSet(seen, seen + count)) {
                return true;
            }
        }
    }
}
