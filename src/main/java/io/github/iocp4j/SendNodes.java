package io.github.iocp4j;

import io.github.iocp4j.internal.concurrent.IndexedPool;
import java.lang.foreign.Arena;
import org.jspecify.annotations.Nullable;

/// The send nodes of an endpoint, with the memory of their headers. Any thread may use it.
final class SendNodes {
    private final Arena arena;
    private final IndexedPool<SendNode> nodes;

    SendNodes(Arena arena, int most) {
        this.arena = arena;
        nodes = new IndexedPool<>(
                most,
                most,
                index -> new SendNode(index, arena.allocate(SendQueue.HEADER_BYTES, SendQueue.HEADER_BYTES)),
                node -> {});
    }

    /// A chain of `count` empty nodes, or `null` when there are not that many.
    @Nullable
    SendNode take(int count) {
        SendNode chain = null;
        for (int i = 0; i < count; i++) {
            SendNode node = nodes.take();
            if (node == null) {
                while (chain != null) {
                    SendNode next = chain.next;
                    give(chain);
                    chain = next;
                }
                return null;
            }
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

    /// Frees the headers: only when no send is in flight.
    void close() {
        arena.close();
    }
}
