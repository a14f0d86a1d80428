package io.github.iocp4j;

import io.github.iocp4j.memory.IoBuffer;
import java.lang.foreign.MemorySegment;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/// One connection of an endpoint, from [EndpointHandler#connectionAllocated] on.
///
/// It may be kept for ever, and used from any thread: a connection that has ended answers with
/// [SendResult#CLOSED] and never reaches the next one that uses its memory. No method waits, and none runs a
/// callback.
public final class Connection {
    private final ConnectionContext context;
    private final int generation;
    private final long id;
    private final InetSocketAddress localAddress;
    private final InetSocketAddress remoteAddress;
    private final Frame frame;
    private volatile @Nullable Object attachment;

    Connection(
            ConnectionContext context,
            int generation,
            InetSocketAddress localAddress,
            InetSocketAddress remoteAddress,
            @Nullable Object attachment) {
        this.context = context;
        this.generation = generation;
        id = ((long) generation << 32) | context.index();
        frame = new Frame(context.resources().lentPool());
        this.localAddress = localAddress;
        this.remoteAddress = remoteAddress;
        this.attachment = attachment;
    }

    /// A number that no other connection of the endpoint has had, nor will have for the next two thousand
    /// million connections.
    public long id() {
        return id;
    }

    /// The address of this side.
    public InetSocketAddress localAddress() {
        return localAddress;
    }

    /// The address of the peer.
    public InetSocketAddress remoteAddress() {
        return remoteAddress;
    }

    /// What was given to [IocpEndpoint#connect] or [#attach] last.
    public @Nullable Object attachment() {
        return attachment;
    }

    /// Attaches any object, as the user's state of this connection.
    public void attach(@Nullable Object object) {
        attachment = object;
    }

    /// Whether data may still be sent: neither side has closed. Out of date when it is read, unless read in a
    /// callback.
    public boolean isOpen() {
        return context.isOpen(generation);
    }

    /// Sends `data` as one frame. The bytes are copied before this returns.
    ///
    /// @return whether it was taken; of two sends of which one returned before the other began, the first goes
    /// first
    /// @throws IllegalArgumentException when it is longer than [EndpointOptions#maxFrameBytes]
    public SendResult send(byte[] data) {
        return send(MemorySegment.ofArray(data));
    }

    /// Sends the remaining bytes of `data` as one frame. They are copied before this returns; position and
    /// limit stay as they are.
    ///
    /// @return whether it was taken
    /// @throws IllegalArgumentException when it is longer than [EndpointOptions#maxFrameBytes]
    public SendResult send(ByteBuffer data) {
        return send(MemorySegment.ofBuffer(data));
    }

    /// Sends `data` as one frame. The bytes are copied before this returns.
    ///
    /// @return whether it was taken
    /// @throws IllegalArgumentException when it is longer than [EndpointOptions#maxFrameBytes]
    public SendResult send(MemorySegment data) {
        int length = context.checkLength(data.byteSize());
        if (!context.tryEnter(generation)) {
            return SendResult.CLOSED;
        }
        SendResult result = SendResult.CLOSED;
        try {
            result = context.sendQueue().offer(data, 0, length);
        } finally {
            // Also when the data can't be read (a segment may be closed, or another thread's), or the framing fails.
            context.sent(result);
        }
        return result;
    }

    /// Sends a frame that was received, by this connection or another one, or a part of it: the memory is shared,
    /// not copied, unless it is a small part of its buffer.
    ///
    /// @return whether it was taken
    /// @throws IllegalStateException outside the callback that the frame was given to, or after the close of one
    /// that was retained
    /// @throws IllegalArgumentException when it is longer than [EndpointOptions#maxFrameBytes]
    public SendResult send(Frame received) {
        IoBuffer buffer = received.buffer();
        int offset = received.offset();
        int length = context.checkLength(received.length());
        return received.isRetained() ? sendHeld(buffer, offset, length) : share(buffer, offset, length);
    }

    /// Sends the data of `buffer`, its first [IoBuffer#used] bytes, as one frame: see
    /// [#send(IoBuffer, int, int)].
    ///
    /// @return whether it was taken
    /// @throws IllegalArgumentException when it is longer than [EndpointOptions#maxFrameBytes]
    public SendResult send(IoBuffer buffer) {
        return send(buffer, 0, buffer.used());
    }

    /// Sends `length` bytes of `buffer`, from `offset` on, as one frame. The buffer is shared, not copied, unless
    /// they are a small part of it: the connection takes a reference of its own, and the bytes must stay as they
    /// are until it is given back. The caller's reference stays the caller's, also when the frame was not taken.
    ///
    /// @return whether it was taken
    /// @throws IndexOutOfBoundsException when the buffer has not that many bytes there
    /// @throws IllegalStateException when the buffer was released
    /// @throws IllegalArgumentException when it is longer than [EndpointOptions#maxFrameBytes]
    public SendResult send(IoBuffer buffer, int offset, int length) {
        Objects.checkFromIndexSize(offset, length, buffer.capacity());
        context.checkLength(length);
        return sendHeld(buffer, offset, length);
    }

    /// Takes a buffer of the endpoint's, to build a frame in: see [IocpEndpoint#takeBuffer].
    ///
    /// @return the buffer, which the caller releases, or `null` when there is none
    /// @throws IllegalArgumentException when `bytes` is negative, or more than a frame may have
    public @Nullable IoBuffer takeBuffer(int bytes) {
        return context.resources().lentPool().take(bytes);
    }

    /// Closes gracefully: nothing more can be sent, what was sent goes out, then the end of the stream; what
    /// still comes in is thrown away until the peer ends too, or [TimeLimits#close] is over. Then the
    /// connection is [EndpointHandler#disconnected]. Later calls do nothing.
    public void close() {
        context.close(generation);
    }

    /// Closes at once, by a reset: what is queued and in flight is lost.
    public void abort() {
        abort(new CloseReason(CloseReason.Kind.ABORTED, null));
    }

    /// Pauses reading: once the callback that runs is over, no frame is delivered, until [#resumeReading]. What
    /// has been read is kept; what the peer sends beyond that waits on its side. While reading is paused, the
    /// end or the loss of the connection may be noticed late. Later calls do nothing.
    public void pauseReading() {
        context.setPaused(generation, true);
    }

    /// Goes on reading after [#pauseReading].
    public void resumeReading() {
        context.setPaused(generation, false);
    }

    @Override
    public String toString() {
        return "Connection " + id + " " + localAddress + " to " + remoteAddress;
    }

    void abort(CloseReason reason) {
        context.requestClose(generation, reason, true);
    }

    /// Whether its memory is given back.
    boolean isReleased() {
        return context.isReleased(generation);
    }

    /// Sends of a buffer that another thread might release meanwhile: with a reference of this call's, so that a
    /// buffer that is gone is refused before anything has begun.
    private SendResult sendHeld(IoBuffer buffer, int offset, int length) {
        buffer.retain();
        try {
            return share(buffer, offset, length);
        } finally {
            buffer.release();
        }
    }

    private SendResult share(IoBuffer buffer, int offset, int length) {
        if (!context.tryEnter(generation)) {
            return SendResult.CLOSED;
        }
        SendResult result = SendResult.CLOSED;
        try {
            result = context.sendQueue().offer(buffer, offset, length);
        } finally {
            context.sent(result);
        }
        return result;
    }

    Frame frame() {
        return frame;
    }

    int generation() {
        return generation;
    }
}
