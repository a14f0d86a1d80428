package io.github.iocp4j;

import io.github.iocp4j.internal.concurrent.IndexedPool;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.concurrent.atomic.AtomicInteger;

/// The send nodes of an endpoint, with the memory of their headers. Any thread may use it. Who may take how
/// many is for each connection's [NodeShare] to say: then there are enough.
final class SendNodes {
    private final Arena arena;
    private final int headerBytes;
    private final IndexedPool<SendNode> nodes;
    private final AtomicInteger sharedLeft;

    /// @param headerBytes the most bytes of a header
    /// @param connections the most connections
    /// @param answerPieces the most nodes of one frame
    /// @param shared how many nodes there are beyond those that belong to the connections
    SendNodes(Arena arena, int headerBytes, int connections, int answerPieces, int shared) {
        this.arena = arena;
        this.headerBytes = headerBytes;
        sharedLeft = new AtomicInteger(shared);
        long all = (long) connections * (NodeShare.OWN + NodeShare.FOR_FILES + answerPieces) + shared;
        int most = (int) Math.min(Integer.MAX_VALUE - 8, all);
        nodes = new IndexedPool<>(most, most, this::newNode, node -> {});
    }

    /// A node outside the pool, for the part of one that is sent by itself.
    SendNode newPart() {
        return newNode(-1);
    }

    /// Sets `count` of the shared nodes apart, if there are so many.
    boolean reserveShared(int count) {
        while (true) {
            int seen = sharedLeft.get();
            if (seen < count) {
                return false;
            }
            if (sharedLeft.compareAndSet(seen, seen - count)) {
                return true;
            }
        }
    }

    boolean hasShared(int count) {
        return sharedLeft.get() >= count;
    }

    /// A node of the shared ones is there again.
    void returnShared() {
        sharedLeft.getAndIncrement();
    }

    /// A chain of `count` empty nodes, which the caller has a right to.
    SendNode take(int count, boolean shared) {
        SendNode chain = takeOne(shared);
        for (int i = 1; i < count; i++) {
            SendNode node = takeOne(shared);
            node.next = chain;
            chain = node;
        }
        return chain;
    }

    /// Empties a node and takes it back.
    void give(SendNode node) {
        node.clear();
        nodes.give(node.index());
    }

    private SendNode newNode(int index) {
        return new SendNode(index, headerBytes == 0 ? MemorySegment.NULL : arena.allocate(headerBytes, alignment()));
    }

    /// No header lies across a page's border.
    private long alignment() {
        return Integer.highestOneBit(2 * headerBytes - 1);
    }

    private SendNode takeOne(boolean shared) {
        SendNode node = nodes.take();
        if (node == null) {
            throw new AssertionError("there are as many nodes as the connections may have");
        }
        node.setShared(shared);
        return node;
    }

    /// Frees the headers: only when no send is in flight.
    void close() {
        arena.close();
    }
}
