package io.github.iocp4j;

import io.github.iocp4j.memory.IoBuffer;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import org.jspecify.annotations.Nullable;

/// A piece of a send queue: the header of a frame, if the frame begins with it, and a part of the payload.
///
/// Nodes are pooled. From the submission of its send until the packet the node belongs to the operation: Windows
/// reads the header from the node's own memory, and the payload from the buffer that the node holds a reference
/// to.
final class SendNode {
    private static final ValueLayout.OfInt HEADER = ValueLayout.JAVA_INT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

    private final int index;
    private final MemorySegment header;
    private int headerBytes;
    private @Nullable IoBuffer buffer;
    private int offset;
    private int length;
    private long pinnedBytes;
    private boolean shared;

    /// The next node of whatever list the node is in.
    @Nullable
    SendNode next;

    SendNode(int index, MemorySegment header) {
        this.index = index;
        this.header = header;
    }

    int index() {
        return index;
    }

    /// Makes this the first piece of a frame.
    void begin(int payloadBytes) {
        header.set(HEADER, 0, payloadBytes);
        headerBytes = SendQueue.HEADER_BYTES;
    }

    /// Gives the node its part of the payload, and one reference to the buffer.
    void carry(@Nullable IoBuffer from, int at, int count, long pinned) {
        buffer = from;
        offset = at;
        length = count;
        pinnedBytes = pinned;
    }

    /// Says whether the node comes from those that all connections share.
    void setShared(boolean isShared) {
        shared = isShared;
    }

    boolean isShared() {
        return shared;
    }

    int headerBytes() {
        return headerBytes;
    }

    long headerAddress() {
        return header.address();
    }

    int length() {
        return length;
    }

    long payloadAddress() {
        IoBuffer from = buffer;
        if (from == null) {
            throw new AssertionError("a piece with payload has a buffer");
        }
        return from.address() + offset;
    }

    /// How much memory the queue is charged with for this node.
    long pinnedBytes() {
        return pinnedBytes;
    }

    /// Gives the buffer back and makes the node an empty one.
    void clear() {
        IoBuffer from = buffer;
        buffer = null;
        headerBytes = 0;
        length = 0;
        next = null;
        if (from != null) {
            from.release();
        }
    }
}
