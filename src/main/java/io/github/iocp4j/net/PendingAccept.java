package io.github.iocp4j.net;

import io.github.iocp4j.error.NtStatus;
import io.github.iocp4j.error.WinsockException;
import io.github.iocp4j.internal.concurrent.Backoff;
import io.github.iocp4j.internal.host.Host;
import io.github.iocp4j.internal.win32.Call;
import io.github.iocp4j.internal.win32.Win32;
import io.github.iocp4j.port.IoWorker;
import io.github.iocp4j.port.Operation;
import io.github.iocp4j.port.OperationHandler;
import io.github.iocp4j.port.Timer;
import java.lang.foreign.MemorySegment;
import java.net.InetSocketAddress;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/// One of a listener's accepts: made, home, delivered, and made again, for as long as the listener is open.
///
/// Everything happens on I/O workers, one step at a time, each begun by a packet of the accept's one operation:
/// the packet of its AcceptEx, or one that was posted to begin (or try again) with.
final class PendingAccept extends Timer.Alarm implements OperationHandler {
    /// AcceptEx wants 16 bytes more than the longest address, twice.
    private static final int ADDRESS_BYTES = SocketAddresses.IPV6_BYTES + 16;

    static final int BUFFER_BYTES = 2 * ADDRESS_BYTES + 8;

    private final TcpListener listener;
    private final Host host;
    private final MemorySegment buffer;
    private final Operation operation;
    private final Backoff backoff = new Backoff();
    private @Nullable TcpChannel channel;
    private boolean interrupted;

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
        TcpChannel accepted = channel;
        channel = null;
        if (accepted == null) {
            arm();
        } else if (done.status() == 0) {
            deliver(accepted);
        } else {
            accepted.close();
            int code = NtStatus.toWinsockError(done.status());
            listener.enter();
            try {
                arm();
                fail(code);
            } finally {
                listener.leave();
            }
        }
    }

    /// Hands the connection over, after the next accept has been made: from then on this object may be in use by
    /// another worker.
    private void deliver(TcpChannel accepted) {
        backoff.reset();
        int code = finish(accepted);
        Call call = host.calls().acquire();
        listener.transport().extensions().GetAcceptExSockaddrs(call, buffer.address(), 0, ADDRESS_BYTES, ADDRESS_BYTES);
        InetSocketAddress local = SocketAddresses.read(addressAt(call.localAddress()));
        InetSocketAddress remote = SocketAddresses.read(addressAt(call.remoteAddress()));
        host.calls().release(call);
        // The end of listening is told after this call of the handler, also when the accept is over with arm().
        listener.enter();
        try {
            arm();
            if (code == 0) {
                listener.handler().accepted(accepted, local, remote);
            } else {
                accepted.abort();
                fail(code);
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
        channel = fresh;
        Call call = host.calls().acquire();
        long overlapped = operation.begin();
        int result = listener.transport()
                .extensions()
                .AcceptEx(
                        call,
                        listener.gate().socket(),
                        fresh.socket(),
                        buffer.address(),
                        0,
                        ADDRESS_BYTES,
                        ADDRESS_BYTES,
                        overlapped);
        host.calls().release(call);
        if (result >= 0 || result == -Win32.WSA_IO_PENDING) {
            return 0;
        }
        operation.end();
        channel = null;
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

    private MemorySegment addressAt(long address) {
        return buffer.asSlice(address - buffer.address(), SocketAddresses.IPV6_BYTES);
    }
}
