package io.github.iocp4j;

import io.github.iocp4j.error.WindowsException;
import io.github.iocp4j.error.WinsockException;
import io.github.iocp4j.internal.concurrent.Backoff;
import io.github.iocp4j.net.TcpChannel;
import io.github.iocp4j.net.TcpTransport;
import io.github.iocp4j.port.IoWorker;
import io.github.iocp4j.port.Operation;
import io.github.iocp4j.port.Timer;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/// One connect on its way: begun by a packet, so that all is done on I/O workers, and ended by the packet of its
/// ConnectEx.
///
/// It uses the operation of the wake-up packet of the context that it has reserved, in which there is no
/// connection yet. A connect that Windows refuses for want of memory is tried again, with a fresh socket, after
/// 10 ms, doubling to 1 s. As an alarm it stands for the next try, or for the end of the time for all of them; it
/// then posts the packet, or closes the socket, whose ConnectEx so comes home.
///
/// ```text
/// POSTED <-> CONNECTING -> GIVEN_UP     each arrow is one compare-and-set, so that one thread makes it:
///    ^  \-> WAITING                     whoever makes the one to POSTED posts the packet, or is the worker
///    \---------/                        that has it
/// ```
final class Connector extends Timer.Alarm {
    /// What the endpoint does with the outcome.
    interface Outcome {
        /// The connection is made: the context is its own now.
        void connected(Connector connector, TcpChannel channel, IoWorker worker) throws IOException;

        /// Tells the handler that there will be no connection. Once, and not when there is one.
        void failed(Connector connector, IOException cause);

        /// There is no connection, and the context is free for another one.
        void over(Connector connector);

        /// A connect has been refused for want of memory, and will be tried again.
        void retried();
    }

    private enum Phase {
        /// The packet is on its way to a worker, or a worker has it.
        POSTED,
        /// ConnectEx is being called, or is in flight.
        CONNECTING,
        /// The next try waits for the timer.
        WAITING,
        /// The socket was closed while it was connecting; what ConnectEx comes to counts no more.
        GIVEN_UP,
        OVER
    }

    private static final int WSAENOBUFS = 10055;
    private static final int WSAETIMEDOUT = 10060;

    /// What calls that need memory or kernel resources are refused with when there is none left now:
    /// ERROR_NOT_ENOUGH_MEMORY, ERROR_OUTOFMEMORY, ERROR_NO_SYSTEM_RESOURCES, ERROR_WORKING_SET_QUOTA,
    /// ERROR_PAGEFILE_QUOTA, ERROR_COMMITMENT_LIMIT, ERROR_NOT_ENOUGH_QUOTA, WSAENOBUFS.
    private static final Set<Integer> SHORTAGES = Set.of(8, 14, 1450, 1453, 1454, 1455, 1816, WSAENOBUFS);

    private final TcpTransport transport;
    private final ConnectionContext context;
    private final Outcome outcome;
    private final InetSocketAddress remote;
    private final @Nullable Object attachment;
    private final AtomicReference<Phase> phase = new AtomicReference<>(Phase.POSTED);

    /// Why nothing is tried any more: a Winsock code, or 0. Whoever sets it looks at the phase after that, and
    /// whoever leaves POSTED looks here after that: so one of the two sees the other.
    private final AtomicInteger giveUpCode = new AtomicInteger();

    private final AtomicBoolean told = new AtomicBoolean();
    private volatile @Nullable TcpChannel channel;
    private boolean limited;
    private long deadline;
    private final Backoff backoff = new Backoff();
    private @Nullable IOException refusal;

    Connector(
            TcpTransport transport,
            ConnectionContext context,
            Outcome outcome,
            InetSocketAddress remote,
            @Nullable Object attachment) {
        this.transport = transport;
        this.context = context;
        this.outcome = outcome;
        this.remote = remote;
        this.attachment = attachment;
    }

    ConnectionContext context() {
        return context;
    }

    InetSocketAddress remote() {
        return remote;
    }

    @Nullable
    Object attachment() {
        return attachment;
    }

    /// Begins, from any thread.
    ///
    /// @param limit how long all tries together may take; zero for no limit
    void begin(Duration limit) {
        limited = limit.isPositive();
        deadline = timer().nanoTime() + limit.toNanos();
        context.wakeUp().lend(this);
        context.wakeUp().post();
    }

    /// Gives up, from any thread: the outcome is a failure, unless the connection is made already.
    void cancel() {
        giveUp(TcpChannel.ABORTED);
    }

    /// Gives up on a port that has failed, on an I/O worker: no packet may ever come, so the handler is told now.
    /// The context is free again only if one comes.
    void abandon(IOException cause) {
        if (told.compareAndSet(false, true)) {
            outcome.failed(this, cause);
        }
        cancel();
    }

    /// A packet of the operation has come: one that was posted, or that of ConnectEx.
    void advance(Operation operation, IoWorker worker) {
        TcpChannel open = channel;
        if (open == null) {
            attempt(operation, worker);
        } else {
            completed(open, open.outcome(operation), worker);
        }
    }

    @Override
    protected void expired() {
        if (phase.compareAndSet(Phase.WAITING, Phase.POSTED)) {
            context.wakeUp().post();
        } else if (isTimeUp()) {
            giveUp(WSAETIMEDOUT);
        } else if (limited && phase.get() == Phase.CONNECTING) {
            // The time of an earlier wait, which somebody has ended before.
            timer().schedule(this, deadline);
        }
    }

    private void giveUp(int code) {
        giveUpCode.compareAndSet(0, code);
        if (phase.compareAndSet(Phase.WAITING, Phase.POSTED)) {
            timer().cancel(this);
            context.wakeUp().post();
        } else if (phase.compareAndSet(Phase.CONNECTING, Phase.GIVEN_UP)) {
            TcpChannel open = channel;
            if (open != null) {
                open.abort();
            }
        }
    }

    private void attempt(Operation operation, IoWorker worker) {
        if (isTimeUp()) {
            giveUpCode.compareAndSet(0, WSAETIMEDOUT);
        }
        if (giveUpCode.get() != 0) {
            fail(givenUp());
            return;
        }
        TcpChannel fresh;
        try {
            fresh = transport.newChannel(remote, context.index());
        } catch (IOException e) {
            if (e instanceof WindowsException refused && SHORTAGES.contains(refused.code())) {
                retryLater(e);
            } else {
                fail(e);
            }
            return;
        }
        channel = fresh;
        phase.set(Phase.CONNECTING);
        if (giveUpCode.get() != 0) {
            fresh.abort();
        }
        if (limited) {
            timer().schedule(this, deadline);
        }
        int code = fresh.connect(operation, remote);
        if (code != TcpChannel.PENDING) {
            worker.countInline();
            completed(fresh, code, worker);
        }
    }

    private void completed(TcpChannel open, int connectCode, IoWorker worker) {
        boolean counts = phase.compareAndSet(Phase.CONNECTING, Phase.POSTED);
        timer().cancel(this);
        if (!counts) {
            fail(givenUp());
            return;
        }
        int code = connectCode == 0 ? open.finishConnect() : connectCode;
        if (code == 0) {
            succeed(open, worker);
            return;
        }
        open.abort();
        IOException cause = new WinsockException("ConnectEx", code);
        if (connectCode != 0 && MemoryRetry.isShortage(connectCode)) {
            channel = null;
            retryLater(cause);
        } else {
            fail(giveUpCode.get() == 0 ? cause : givenUp());
        }
    }

    private void succeed(TcpChannel open, IoWorker worker) {
        end();
        if (!told.compareAndSet(false, true)) {
            open.abort();
            outcome.over(this);
            return;
        }
        try {
            outcome.connected(this, open, worker);
        } catch (IOException e) {
            open.abort();
            outcome.failed(this, e);
            outcome.over(this);
        }
    }

    /// Waits for the timer. Once the phase says so, another thread may be at the next try.
    private void retryLater(IOException cause) {
        refusal = cause;
        outcome.retried();
        long time = timer().nanoTime() + backoff.nextNanos();
        phase.set(Phase.WAITING);
        timer().schedule(this, limited && deadline - time < 0 ? deadline : time);
        if (giveUpCode.get() != 0 && phase.compareAndSet(Phase.WAITING, Phase.POSTED)) {
            timer().cancel(this);
            fail(givenUp());
        }
    }

    private void fail(IOException cause) {
        end();
        if (told.compareAndSet(false, true)) {
            outcome.failed(this, cause);
        }
        outcome.over(this);
    }

    /// The operation is the wake-up packet's again.
    private void end() {
        phase.set(Phase.OVER);
        context.wakeUp().lend(null);
    }

    private IOException givenUp() {
        IOException cause = new WinsockException("ConnectEx", giveUpCode.get());
        if (refusal != null) {
            cause.initCause(refusal);
        }
        return cause;
    }

    private boolean isTimeUp() {
        return limited && timer().nanoTime() - deadline >= 0;
    }

    private Timer timer() {
        return transport.port().timer();
    }
}
