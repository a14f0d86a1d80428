package io.github.iocp4j;

import io.github.iocp4j.frame.Framing;
import io.github.iocp4j.memory.IoBuffer;
import io.github.iocp4j.net.BufferVector;
import java.lang.foreign.MemorySegment;
import org.jspecify.annotations.Nullable;

/// A piece of a send queue: the header of a frame, if the frame begins with it, and a part of the payload.
///
/// Nodes are pooled. From the submission of its send until the packet the node belongs to the operation:
/// Windows reads the header from the node's own memory, and the payload from the buffer that the node holds a
/// reference to.
final class SendNode {
    /// A frame is cut into pieces of this size.
    static final int PIECE_BYTES = 256 << 10;

    /// A frame of the user's, or one of the handshake that nothing follows from.
    static final int PLAIN = 0;

    /// An offer of a file: what is behind it in its list waits.
    static final int OFFER = 1;

    /// The answer that has the peer send its file.
    static final int START = 2;

    /// A part of a file.
    static final int FILE = 3;

    private final int index;
    private final MemorySegment header;
    private int headerBytes;
    private @Nullable IoBuffer buffer;
    private int offset;
    private int length;
    private long pinnedBytes;
    private long budgetBytes;
    private boolean shared;
    private int mark;

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

    /// How many pieces a frame has.
    static int pieces(int length) {
        return 1 + Math.max(0, length - 1) / PIECE_BYTES;
    }

    /// Fills the nodes of a chain with the payload of a frame, in order, and turns the chain round.
    ///
    /// @param chain as many nodes as the frame has pieces
    /// @param pinned what the queue is charged with for the frame
    /// @return the last piece, which is the first of the chain now
    static SendNode fill(SendNode chain, @Nullable IoBuffer buffer, int offset, int length, long pinned) {
        SendNode node = chain;
        SendNode top = null;
        int done = 0;
        while (true) {
            int count = Math.min(PIECE_BYTES, length - done);
            // Each piece bears a part of the charge, so that the queue is idle only when all pieces are home,
            // which may be in any order; the last one bears what is left.
            boolean isLast = done + count == length;
            node.carry(buffer == null ? null : buffer.retain(), offset + done, count, isLast ? pinned - done : count);
            // The whole buffer is kept until its last piece is out, whatever pieces are home before.
            node.budgetBytes = isLast ? pinned : 0;
            done += count;
            SendNode following = node.next;
            node.next = top;
            if (following == null) {
                return node;
            }
            top = node;
            node = following;
        }
    }

    /// Makes this the first piece of a frame.
    ///
    /// @throws RuntimeException when the framing can't write a header
    void begin(Framing framing, int payloadBytes) {
        int written = framing.encodeHeader(payloadBytes, header);
        if (written < 0 || written > header.byteSize()) {
            throw new IllegalStateException(framing + " wrote a header of " + written + " bytes: must be 0 to "
                    + header.byteSize() + ", its maxHeaderBytes");
        }
        headerBytes = written;
    }

    /// Gives the node its part of the payload, and one reference to the buffer.
    void carry(@Nullable IoBuffer from, int at, int count, long pinned) {
        buffer = from;
        offset = at;
        length = count;
        pinnedBytes = pinned;
    }

    /// Moves the header and the first `count` bytes of the payload to `part`, which goes out before the rest.
    void cut(SendNode part, int count) {
        IoBuffer from = buffer;
        if (from == null) {
            throw new AssertionError("a piece that is cut has a buffer");
        }
        MemorySegment.copy(header, 0, part.header, 0, headerBytes);
        part.headerBytes = headerBytes;
        headerBytes = 0;
        long share = Math.min(count, pinnedBytes);
        part.carry(from.retain(), offset, count, share);
        carry(from, offset + count, length - count, pinnedBytes - share);
    }

    /// Takes back what was cut off last and did not go out.
    void rejoin(SendNode part) {
        headerBytes = part.headerBytes;
        carry(buffer, part.offset, part.length + length, part.pinnedBytes + pinnedBytes);
        part.clear();
    }

    /// What the queue has to know of it, if anything.
    int mark() {
        return mark;
    }

    void setMark(int what) {
        mark = what;
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

    /// How many pages Windows locks when it sends this.
    int touchedPages() {
        int pages = headerBytes == 0 ? 0 : LockedPages.touched(headerAddress(), headerBytes);
        return length == 0 ? pages : pages + LockedPages.touched(payloadAddress(), length);
    }

    /// How many bytes of the payload can be sent, with the header, when so many pages may be locked; at least
    /// one.
    int bytesWithin(int pages) {
        int forHeader = headerBytes == 0 ? 0 : LockedPages.touched(headerAddress(), headerBytes);
        long inFirstPage = LockedPages.PAGE_BYTES - payloadAddress() % LockedPages.PAGE_BYTES;
        return (int) (inFirstPage + Math.max(0, pages - forHeader - 1) * (long) LockedPages.PAGE_BYTES);
    }

    /// How much memory the queue is charged with for this node.
    long pinnedBytes() {
        return pinnedBytes;
    }

    /// How much the endpoint's budget of sends gets back with this node.
    long budgetBytes() {
        return budgetBytes;
    }

    /// Adds this to a send. All that is sent passes here, and only here, in the order of the stream: this is the
    /// place for a two-way stage between the framing and the connection, such as TLS. Its other side is
    /// [ConnectionStage#takeReceived].
    void addTo(BufferVector vector) {
        if (headerBytes > 0) {
            vector.add(headerAddress(), headerBytes);
        }
        if (length > 0) {
            vector.add(payloadAddress(), length);
        }
    }

    /// Gives the buffer back and makes the node an empty one.
    void clear() {
        IoBuffer from = buffer;
        buffer = null;
        headerBytes = 0;
        length = 0;
        mark = PLAIN;
        budgetBytes = 0;
        next = null;
        if (from != null) {
            from.release();
        }
    }
}
