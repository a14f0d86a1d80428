package io.github.iocp4j;

import io.github.iocp4j.internal.file.Handshake;
import io.github.iocp4j.memory.IoBuffer;
import io.github.iocp4j.transfer.FileNames;
import io.github.iocp4j.transfer.FileTransfer;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/// One connection of an endpoint, from [EndpointHandler#connectionAllocated] on.
///
/// It may be kept for ever, and used from any thread: a connection that has ended answers with
/// [SendResult#CLOSED] and never reaches the next one that uses its memory. No method waits, and none runs a
/// callback. What the framing throws when it can't write a header comes out of `send`; then nothing is sent.
public final class Connection {
    private static final int CLOSE_WANTED = 1 << 31;

    private static final VarHandle JOBS;

    static {
        try {
            JOBS = MethodHandles.lookup().findVarHandle(Connection.class, "jobs", int.class);
        } catch (ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    private final ConnectionContext context;
    private final int generation;
    private final long id;
    private final Origin origin;
    private final Frame frame;
    private volatile @Nullable Object attachment;

    /// How many jobs of this connection wait or run, and whether it is to be closed after them: in one word, so
    /// that of the last job and who asks for the close one sees the other.
    @SuppressWarnings("unused") // through JOBS
    private volatile int jobs;

    Connection(ConnectionContext context, int generation, Origin origin) {
        this.context = context;
        this.generation = generation;
        id = ((long) generation << 32) | context.index();
        frame = new Frame(context.resources().lentPool());
        this.origin = origin;
        attachment = origin.attachment();
    }

    /// A number that no other connection of the endpoint has had, nor will have for the next two thousand
    /// million connections.
    public long id() {
        return id;
    }

    /// The address of this side.
    public InetSocketAddress localAddress() {
        return origin.local();
    }

    /// The address of the peer.
    public InetSocketAddress remoteAddress() {
        return origin.remote();
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

    /// Offers a file to the peer, under the last element of its path, and sends it if the peer wants it: the
    /// article's `PrepareSendFile` and `StartSendFile`. Opening and reading it is done by threads of the
    /// endpoint's; the outcome, whatever it is, comes to [EndpointHandler#fileCompleted].
    ///
    /// Frames that are sent from now on wait until the file is over, or the peer does not want it, or has not
    /// answered for a while. Once the file's bytes have begun, a file that becomes shorter, or an abort, closes
    /// the connection with [CloseReason.Kind#FILE_ABORTED]; bytes that are added to it meanwhile are not sent.
    ///
    /// @return the transfer, or `null` when the connection is closed or closing, or has a file on its way to the
    /// peer already
    /// @throws IllegalStateException when file transfer is switched off: [EndpointOptions#fileTransfer]
    /// @throws IllegalArgumentException when the path has no last element, or that can't be sent as a name
    public @Nullable FileTransfer sendFile(Path path) {
        ConnectionFiles files = context.files();
        if (files == null) {
            throw new IllegalStateException("file transfer is switched off: EndpointOptions.fileTransfer");
        }
        Path last = path.getFileName();
        if (last == null) {
            throw new IllegalArgumentException("path=" + path + ": must end with the name of a file");
        }
        String name = last.toString();
        context.checkLength(Handshake.offerBytes(name, Long.MAX_VALUE));
        if (!FileNames.isSafe(name)) {
            throw new IllegalArgumentException(
                    "path=" + path + ": must end with a name that the peer can use for a file");
        }
        if (!context.tryEnter(generation)) {
            return null;
        }
        try {
            return files.send(generation, path, name);
        } finally {
            context.exitFromOutside();
        }
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

    /// Closes gracefully, as [#close], once no job of this connection waits or runs: at once when there is none.
    /// Until then jobs, and whoever else likes to, may still send, and more jobs may be added. A job that
    /// [IocpEndpoint#takeJob] has taken, or the close of the endpoint has handed back, counts as over. A
    /// [#close] meanwhile closes at once.
    public void closeAfterJobs() {
        if (((int) JOBS.getAndBitwiseOr(this, CLOSE_WANTED) & ~CLOSE_WANTED) == 0) {
            close();
        }
    }

    /// Adds a job of this connection: [EndpointHandler#processJob] will be called with it on a job thread. The job
    /// knows the connection by its [#id] only, and does not keep it open, nor its memory, but for
    /// [#closeAfterJobs]. Also for a connection that has ended, whose job finds that out. Never waits.
    ///
    /// @param data what is to be done, in whatever form the user likes
    /// @return `false` when as many jobs wait as may, or the endpoint is closing: then it will not be run
    public boolean addJob(Object data) {
        return context.jobs().add(this, data);
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

    /// Whether frames are delivered as they come, as [EndpointOptions#automaticReading] says at first. When this
    /// is switched off, once the callback that runs is over, nothing is delivered but what [#read] asks for; as
    /// with [#pauseReading], what the peer sends waits, and its end may be noticed late.
    public void automaticReading(boolean on) {
        context.setAutomaticReading(generation, on);
    }

    /// Asks for the next frame: see [#read(int)].
    public void read() {
        read(1);
    }

    /// Asks for the next `frames` frames, beyond those asked for already, where reading is not automatic; else it
    /// does nothing. Returns at once: [EndpointHandler#frameReceived] brings them, as they come. The end of the
    /// stream and a loss of the connection are told to who has asked for a frame that will not come (an `ARead` of
    /// the article completes with 0 bytes or an error). While [#pauseReading] holds, they wait.
    ///
    /// @throws IllegalArgumentException when `frames` is below 1
    public void read(int frames) {
        if (frames < 1) {
            throw new IllegalArgumentException("frames=" + frames + ": must be 1 or more");
        }
        context.read(generation, frames);
    }

    /// Posts `packet` through the completion port: an I/O worker gives it to [EndpointHandler#packetPosted], in
    /// the turn of this connection, between its other callbacks. So state that belongs to the connection can be
    /// changed by any thread without a lock. The article's `PostPackage`.
    ///
    /// What was taken always comes, at the latest before [EndpointHandler#disconnected]; what was not is the
    /// caller's still. An [IoBuffer] or a retained frame that is posted belongs to who gets it there.
    ///
    /// @return `false` when 64 packets of this connection are on their way already, or it is closing
    public boolean post(Object packet) {
        return context.post(generation, Objects.requireNonNull(packet, "packet"));
    }

    @Override
    public String toString() {
        return "Connection " + id + " " + origin.local() + " to " + origin.remote();
    }

    /// Whether it is the peer who has made it.
    boolean isAccepted() {
        return origin.accepted();
    }

    void abort(CloseReason reason) {
        context.requestClose(generation, reason, true);
    }

    void jobBegins() {
        JOBS.getAndAdd(this, 1);
    }

    void jobEnds() {
        if ((int) JOBS.getAndAdd(this, -1) == (CLOSE_WANTED | 1)) {
            close();
        }
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

    /// Sends a part of a buffer of which the caller holds a reference.
    SendResult share(IoBuffer buffer, int offset, int length) {
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
