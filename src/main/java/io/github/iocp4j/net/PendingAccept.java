package io.github.iocp4j.net;

import io.github.iocp4j.error.NtStatus;
import io.github.iocp4j.error.WinsockException;
import io.github.iocp4j.internal.concurrent.Backoff;
import io.github.iocp4j.internal.host.Host;
import io.github.iocp4j.internal.win32.Call;
import io.github.iocp4j.internal.win32.Win32;
import io.github.iocp4j.memory.IoBuffer;
import io.github.iocp4j.port.IoWorker;
import io.github.iocp4j.port.Operation;
import io.github.iocp4j.port.OperationHandler;
import io.github.iocp4j.port.Timer;
import java.lang.foreign.MemorySegment;
import java.net.InetSocketAddress;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/// One of a listener's accepts: made, home, delivered, and made again, for as long as the listener is open.
///
/// Everything happens on I/O workers, one step at a time, each begun by a packet of the accept's one operation:
/// the packet of its AcceptEx, or one that was posted to begin (or try again) with.
final class PendingAccept extends Timer.Alarm implements OperationHandler {
    /// AcceptEx wants 16 bytes more than the longest address, twice.
    private static final int ADDRESS_BYTES = SocketAddresses.IPV6_BYTES + 16;

    private static final long NANOS_PER_SECOND = 1_000_000_000L;

    static final int BUFFER_BYTES = 2 * ADDRESS_BYTES + 8;

    private final TcpListener listener;
    private final Host host;
    private final MemorySegment buffer;
    private final Operation operation;
    private final Backoff backoff = new Backoff();

    /// A [TcpChannel] that was given to AcceptEx, a [Cut] one, or `null`. Who looks after silent peers may change
    /// the first into the second, and then it is he who closes it; the holder of the packet takes either out.
    private final AtomicReference<@Nullable Object> pending = new AtomicReference<>();

    /// Where data and addresses are written, of an accept with data.
    private @Nullable IoBuffer data;

    private boolean interrupted;

    /// A channel whose peer has said nothing for too long.
    private record Cut(TcpChannel channel) {}

    PendingAccept(TcpListener listener, MemorySegment buffer) {
        this.listener = listener;
        this.buffer = buffer;
        host = listener.transport().host();
        operation = Objects.requireNonNull(
                listener.transport().port().acquire(this, null), "the port has an operation for each pending accept");
    }

    /// Begins, or goes on after a wait: by a packet, so that all else happens on an I/O worker.
    void post() {
        int code = listener.transport().port().post(operation, 0, 0);
        if (code != 0) {
            retryLater();
        }
    }

    /// The listener is closing: an accept that waits for the timer needs to hear of it.
    void interruptRetry() {
        if (timer().cancel(this)) {
            // A close has less time than the last wait may have been long.
            backoff.reset();
            post();
        }
    }

    @Override
    protected void expired() {
        post();
    }

    @Override
    public void completed(Operation done, IoWorker worker) {
        Object home = pending.getAndSet(null);
        IoBuffer received = data;
        data = null;
        if (home == null) {
            arm();
        } else if (home instanceof TcpChannel accepted && hasBroughtAll(done, received)) {
            deliver(accepted, received, done.bytesTransferred());
        } else {
            boolean cut = home instanceof Cut;
            int code = cut || done.status() == 0 ? 0 : NtStatus.toWinsockError(done.status());
            giveUp(cut ? ((Cut) home).channel : (TcpChannel) home, received, code);
        }
    }

    /// Whether there is a connection, and data where it was to bring some: of one that has ended without a word
    /// not even the addresses are there, under Wine.
    private static boolean hasBroughtAll(Operation done, @Nullable IoBuffer received) {
        return done.status() == 0 && (received == null || done.bytesTransferred() > 0);
    }

    /// Closes a channel whose peer has said nothing since it connected, if that is so long ago. Any worker.
    void cutIfSilent(long limitNanos) {
        if (pending.get() instanceof TcpChannel waiting) {
            long seconds = waiting.connectedSeconds();
            boolean over = seconds >= 0 && seconds * NANOS_PER_SECOND >= limitNanos;
            if (over && pending.compareAndSet(waiting, new Cut(waiting))) {
                waiting.abort();
            }
        }
    }

    /// Makes the next accept, and tells of this one.
    ///
    /// @param code why it failed; 0 when its peer has said nothing
    private void giveUp(TcpChannel accepted, @Nullable IoBuffer received, int code) {
        accepted.close();
        release(received);
        listener.enter();
        try {
            arm();
            if (code != 0) {
                fail(code);
            } else {
                listener.handler().neverSent();
            }
        } finally {
            listener.leave();
        }
    }

    /// Hands the connection over, after the next accept has been made: from then on this object may be in use by
    /// another worker.
    ///
    /// @param received what AcceptEx has written to, when it has brought data
    private void deliver(TcpChannel accepted, @Nullable IoBuffer received, int bytes) {
        MemorySegment output = received == null ? buffer : received.segment();
        int dataBytes = received == null ? 0 : dataBytes(received);
        backoff.reset();
        int code = finish(accepted);
        Call call = host.calls().acquire();
        listener.transport()
                .extensions()
                .GetAcceptExSockaddrs(call, output.address(), dataBytes, ADDRESS_BYTES, ADDRESS_BYTES);
        InetSocketAddress local = SocketAddresses.read(addressAt(output, call.localAddress()));
        InetSocketAddress remote = SocketAddresses.read(addressAt(output, call.remoteAddress()));
        host.calls().release(call);
        // The end of listening is told after this call of the handler, also when the accept is over with arm().
        listener.enter();
        try {
            arm();
            if (code != 0) {
                release(received);
                accepted.abort();
                fail(code);
            } else if (received != null) {
                listener.handler().acceptedWithData(accepted, local, remote, received.use(bytes));
            } else {
                listener.handler().accepted(accepted, local, remote);
            }
        } finally {
            listener.leave();
        }
    }

    private void arm() {
        if (!listener.gate().enter()) {
            operation.release();
            listener.leave();
            return;
        }
        int code = submit();
        listener.gate().exit();
        if (code != 0) {
            fail(code);
            retryLater();
        }
    }

    /// @return 0 when a packet will come, and nothing here may be touched any more, else the code of the refusal
    private int submit() {
        TcpChannel fresh;
        try {
            fresh = new TcpChannel(listener.transport(), listener.transport().newSocket(listener.family()));
        } catch (WinsockException e) {
            return e.code();
        }
        IoBuffer into = listener.isWithData() ? listener.handler().takeBuffer() : null;
        if (listener.isWithData() && into == null) {
            fresh.close();
            return Win32.WSAENOBUFS;
        }
        data = into;
        pending.set(fresh);
        Call call = host.calls().acquire();
        long overlapped = operation.begin();
        int result = listener.transport()
                .extensions()
                .AcceptEx(
                        call,
                        listener.gate().socket(),
                        fresh.socket(),
                        into == null ? buffer.address() : into.address(),
                        into == null ? 0 : dataBytes(into),
                        ADDRESS_BYTES,
                        ADDRESS_BYTES,
                        overlapped);
        host.calls().release(call);
        if (result >= 0 || result == -Win32.WSA_IO_PENDING) {
            return 0;
        }
        operation.end();
        pending.set(null);
        data = null;
        release(into);
        fresh.close();
        return -result;
    }

    /// @return 0 or the Winsock code: that peer has left already, or the listener is closed
    private int finish(TcpChannel accepted) {
        if (!listener.gate().enter()) {
            return TcpChannel.ABORTED;
        }
        int code = accepted.finishAccept(listener.gate().socket());
        listener.gate().exit();
        return code;
    }

    private void retryLater() {
        timer().schedule(this, timer().nanoTime() + backoff.nextNanos());
        if (listener.gate().isClosing() && !interrupted) {
            // Once only: a packet that is refused again waits for its time.
            interrupted = true;
            interruptRetry();
        }
    }

    private void fail(int code) {
        if (!listener.gate().isClosing()) {
            listener.handler().acceptFailed(code);
        }
    }

    private Timer timer() {
        return listener.transport().port().timer();
    }

    private static void release(@Nullable IoBuffer taken) {
        if (taken != null) {
            taken.release();
        }
    }

    /// How much data there is room for, before the addresses.
    private static int dataBytes(IoBuffer into) {
        return into.capacity() - 2 * ADDRESS_BYTES;
    }

    private static MemorySegment addressAt(MemorySegment output, long address) {
        return output.asSlice(address - output.address(), SocketAddresses.IPV6_BYTES);
    }
}
