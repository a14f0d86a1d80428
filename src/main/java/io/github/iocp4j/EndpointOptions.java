package io.github.iocp4j;

import io.github.iocp4j.admission.AdmissionOptions;
import io.github.iocp4j.frame.Framing;
import io.github.iocp4j.internal.option.Ranges;
import io.github.iocp4j.job.JobOptions;
import io.github.iocp4j.net.TcpOptions;
import io.github.iocp4j.transfer.TransferOptions;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// The options of an endpoint, with the article's parameters of `Start` among them. Made by a [Builder], which
/// refuses bad values; immutable, and usable for any number of endpoints, on any system.
///
/// @param listenAddresses where the endpoint listens; empty for one that only connects
/// @param dualStack whether its IPv6 addresses take IPv4 peers too
/// @param maxConnections the most connections at once; one more is refused
/// @param ioWorkers the number of I/O workers
/// @param batch how many packets a worker takes at once
/// @param backlog how many connections Windows keeps for us beyond the pending accepts
/// @param pendingAccepts how many AcceptEx are kept pending, for each address
/// @param readMode how the endpoint waits for data
/// @param pendingReads how many overlapped reads of a connection are pending, in [ReadMode#PENDING]
/// @param dispatch where overlapped calls are made
/// @param framing how frames lie in the stream
/// @param bufferBytes the size of a receive buffer, in bytes
/// @param maxFrameBytes the most payload bytes of a frame
/// @param sendHighMarkBytes above this much memory held by its send queue, a connection receives no frames, in
/// bytes
/// @param sendLimitBytes the most memory that the send queue of a connection holds, in bytes
/// @param sendBudgetBytes the most memory of all send queues together, in bytes
/// @param assemblyBudgetBytes the most memory of all frames that are being put together, in bytes
/// @param lockedPages the most pages of memory that overlapped reads and sends lock at once
/// @param keepFreeBuffers how many unused buffers of each size are kept
/// @param keepFreeContexts how many unused connection contexts are kept
/// @param tcp how the sockets of connections are set
/// @param timeLimits how long the endpoint waits for its peers
/// @param automaticReading whether connections deliver frames before anybody asks for them
/// @param slowPeers what becomes of peers that are too slow for a broadcast
/// @param admission who may connect
/// @param fileTransfer how files are transferred, or `null` when they are not
/// @param bindRetry how long the start waits for a listen address that is taken; zero for not at all
/// @param jobs how many threads run jobs, and how many jobs may wait
public record EndpointOptions(
        List<InetSocketAddress> listenAddresses,
        boolean dualStack,
        int maxConnections,
        int ioWorkers,
        int batch,
        int backlog,
        int pendingAccepts,
        ReadMode readMode,
        int pendingReads,
        Dispatch dispatch,
        Framing framing,
        int bufferBytes,
        int maxFrameBytes,
        int sendHighMarkBytes,
        long sendLimitBytes,
        long sendBudgetBytes,
        long assemblyBudgetBytes,
        int lockedPages,
        int keepFreeBuffers,
        int keepFreeContexts,
        TcpOptions tcp,
        TimeLimits timeLimits,
        boolean automaticReading,
        SlowPeers slowPeers,
        AdmissionOptions admission,
        @Nullable TransferOptions fileTransfer,
        Duration bindRetry,
        JobOptions jobs) {
    /// For [Builder#keepFreeBuffers] and [Builder#keepFreeContexts]: keep all (the article's 0).
    public static final int UNLIMITED = Integer.MAX_VALUE;

    /// For [Builder#keepFreeBuffers] and [Builder#keepFreeContexts]: keep none (the article's -1).
    public static final int NONE = 0;

    /// How many sends of one connection are in flight at most.
    static final int SENDS_IN_FLIGHT = 2;

    /// A quarter of them, which is for sends alone, is enough for one that makes progress.
    private static final int LEAST_LOCKED_PAGES = 16;

    /// Refuses values out of their ranges: a [Builder] is the convenient way.
    ///
    /// @throws IllegalArgumentException that names the option, the value and the range
    public EndpointOptions {
        listenAddresses = List.copyOf(listenAddresses);
        Ranges.require("maxConnections", maxConnections, 1, 1 << 20);
        Ranges.require("ioWorkers", ioWorkers, 1, 64);
        Ranges.require("batch", batch, 1, 1024);
        Ranges.require("backlog", backlog, 1, Integer.MAX_VALUE);
        Ranges.require("pendingAccepts", pendingAccepts, 1, 1024);
        Ranges.require("pendingReads", pendingReads, 1, 64);
        Ranges.require("bufferBytes", bufferBytes, 256, 1 << 20);
        Ranges.requirePowerOfTwo("bufferBytes", bufferBytes);
        Ranges.require("framing.maxHeaderBytes", framing.maxHeaderBytes(), 0, Framing.MOST_HEADER_BYTES);
        Ranges.require("framing.maxPayloadBytes", framing.maxPayloadBytes(), 1, Integer.MAX_VALUE);
        Ranges.require("maxFrameBytes", maxFrameBytes, 1, framing.maxPayloadBytes());
        Ranges.require("sendHighMarkBytes", sendHighMarkBytes, 0, Integer.MAX_VALUE);
        Ranges.require(
                "sendLimitBytes",
                sendLimitBytes,
                sendHighMarkBytes + frameCharge(maxFrameBytes, bufferBytes, framing),
                1L << 40);
        Ranges.require("sendBudgetBytes", sendBudgetBytes, frameCharge(maxFrameBytes, bufferBytes, framing), 1L << 40);
        // A frame that grows is in two buffers for a moment.
        Ranges.require("assemblyBudgetBytes", assemblyBudgetBytes, 2L * Math.max(maxFrameBytes, bufferBytes), 1L << 40);
        Ranges.require("lockedPages", lockedPages, LEAST_LOCKED_PAGES, Integer.MAX_VALUE);
        Ranges.require("keepFreeBuffers", keepFreeBuffers, NONE, UNLIMITED);
        Ranges.require("keepFreeContexts", keepFreeContexts, NONE, UNLIMITED);
        if (fileTransfer != null && !framing.equals(Framing.lengthPrefixed())) {
            throw new IllegalArgumentException("fileTransfer with framing=" + framing
                    + ": must be Framing.lengthPrefixed(), whose frames its handshake is made of");
        }
        Ranges.require(
                "bindRetry in milliseconds",
                bindRetry.toMillis(),
                0,
                Duration.ofDays(1).toMillis());
    }

    /// Options of an endpoint that listens on all IPv4 addresses of this machine.
    ///
    /// @param port 1 to 65535, or 0 for one of Windows' choice
    public static Builder server(int port) {
        Ranges.require("port", port, 0, 65535);
        return server(new InetSocketAddress("0.0.0.0", port));
    }

    /// Options of an endpoint that listens on the given addresses.
    public static Builder server(InetSocketAddress... addresses) {
        return new Builder(List.of(addresses));
    }

    /// Options of an endpoint that only connects (the article's port -1).
    public static Builder client() {
        return new Builder(List.of());
    }

    /// How many operations the endpoint's port has: for each connection its reads (pending ones, and a
    /// zero-byte one), two sends and one wake-up packet (which is also that of its connect), and one for each
    /// pending accept; where these wait for data, one more for each address.
    public int operations() {
        int reads = readMode == ReadMode.PENDING ? pendingReads + 1 : 1;
        int looks = admission.acceptWithData() ? 1 : 0;
        return maxConnections * (reads + SENDS_IN_FLIGHT + 1) + listenAddresses.size() * (pendingAccepts + looks);
    }

    /// The most memory that the buffers of the endpoint can have, in bytes: received, being put together, waiting
    /// to be sent, and taken by the program. It is allocated when it is needed, and what is needed is far less:
    /// only peers that fill every budget at once could reach it.
    public long bufferLimitBytes() {
        return EndpointResources.limitBytes(this);
    }

    /// Refuses payloads that no frame may have.
    int checkLength(long length) {
        if (length > maxFrameBytes) {
            throw new IllegalArgumentException(
                    "length=" + length + ": a frame has at most maxFrameBytes=" + maxFrameBytes + " bytes");
        }
        return (int) length;
    }

    /// What a frame of the maximum size is charged with.
    private static long frameCharge(int maxFrame, int buffer, Framing framing) {
        return Math.max(maxFrame, buffer) + (long) framing.maxHeaderBytes();
    }

    /// Collects options. Not for use by several threads.
    public static final class Builder {
        private static final int DEFAULT_MAX_FRAME = 64 << 10;
        private static final int DEFAULT_HIGH_MARK = 256 << 10;
        private static final long DEFAULT_BUDGET = 256L << 20;

        private final List<InetSocketAddress> listenAddresses;
        private boolean dualStack;
        private int maxConnections = 1201;
        private int ioWorkers = Math.clamp(Runtime.getRuntime().availableProcessors(), 1, 64);
        private int batch = 16;
        private int backlog = 512;
        private int pendingAccepts = 16;
        private ReadMode readMode = ReadMode.ZERO_BYTE;
        private int pendingReads = 4;
        private Dispatch dispatch = Dispatch.AUTO;
        private Framing framing = Framing.lengthPrefixed();
        private int bufferBytes = 4096;
        private @Nullable Integer maxFrameBytes;
        private int sendHighMarkBytes = DEFAULT_HIGH_MARK;
        private long sendLimitBytes;
        private long sendBudgetBytes;
        private long assemblyBudgetBytes;
        private int lockedPages = 32_768;
        private int keepFreeBuffers = UNLIMITED;
        private int keepFreeContexts = UNLIMITED;
        private Duration idleTimeout = Duration.ZERO;
        private Duration writeStallTimeout = Duration.ofSeconds(60);
        private Duration frameTimeout = Duration.ofSeconds(60);
        private TcpOptions tcp = TcpOptions.DEFAULT;
        private Duration closeTimeout = Duration.ofSeconds(4);
        private Duration connectTimeout = Duration.ofSeconds(30);
        private @Nullable TransferOptions fileTransfer;
        private boolean automaticReading = true;
        private SlowPeers slowPeers = SlowPeers.SKIP;
        private AdmissionOptions admission = AdmissionOptions.DEFAULT;
        private Duration bindRetry = Duration.ZERO;
        private JobOptions jobs = JobOptions.DEFAULT;

        private Builder(List<InetSocketAddress> listenAddresses) {
            for (InetSocketAddress address : listenAddresses) {
                InetAddress host = address.getAddress();
                if (host == null) {
                    throw new IllegalArgumentException("address=" + address + ": must be resolved");
                }
            }
            this.listenAddresses = listenAddresses;
        }

        /// Whether listening on an IPv6 address takes IPv4 peers too, whose addresses then look like IPv4; default
        /// `false`, so that `0.0.0.0` and `::` can be listened to side by side at one port.
        public Builder dualStack(boolean on) {
            dualStack = on;
            return this;
        }

        /// The most connections at once, 1 to 1,048,576; default 1201, the article's.
        public Builder maxConnections(int count) {
            maxConnections = count;
            return this;
        }

        /// The number of I/O workers, 1 to 64; default the number of processors.
        public Builder ioWorkers(int count) {
            ioWorkers = count;
            return this;
        }

        /// How many packets a worker takes at once, 1 to 1024; default 16. What is left of a batch waits behind
        /// a slow callback.
        public Builder batch(int packets) {
            batch = packets;
            return this;
        }

        /// How many connections Windows keeps beyond the pending accepts; default 512.
        public Builder backlog(int connections) {
            backlog = connections;
            return this;
        }

        /// How many AcceptEx are kept pending for each address, 1 to 1024; default 16.
        public Builder pendingAccepts(int count) {
            pendingAccepts = count;
            return this;
        }

        /// How the endpoint waits for data; default [ReadMode#ZERO_BYTE].
        public Builder readMode(ReadMode mode) {
            readMode = mode;
            return this;
        }

        /// How many overlapped reads of a connection are pending in [ReadMode#PENDING], 1 to 64; default 4.
        public Builder pendingReads(int count) {
            pendingReads = count;
            return this;
        }

        /// Where overlapped calls are made; default [Dispatch#AUTO].
        public Builder dispatch(Dispatch where) {
            dispatch = where;
            return this;
        }

        /// How frames lie in the stream; default [Framing#lengthPrefixed], the article's. One object may serve any
        /// number of endpoints.
        public Builder framing(Framing format) {
            framing = format;
            return this;
        }

        /// The size of a receive buffer in bytes, a power of two, 256 to 1 MiB; default 4096, one page.
        public Builder bufferBytes(int bytes) {
            bufferBytes = bytes;
            return this;
        }

        /// The most payload bytes of a frame, the header not counted, 1 to [Framing#maxPayloadBytes], which is
        /// 2,147,483,647 for the article's; default 64 KiB, or less if the framing has less. A peer that
        /// announces or sends more is disconnected.
        public Builder maxFrameBytes(int bytes) {
            maxFrameBytes = bytes;
            return this;
        }

        /// How much memory a connection's send queue may hold before its reading pauses, in bytes; default 256
        /// KiB.
        public Builder sendHighMarkBytes(int bytes) {
            sendHighMarkBytes = bytes;
            return this;
        }

        /// The most memory that a connection's send queue may hold, in bytes: at least the high mark and one
        /// frame of the maximum size with its header; default the high mark and four of them. Only a frame that
        /// answers another, sent by the thread that runs [EndpointHandler#frameReceived], may pass it.
        public Builder sendLimitBytes(long bytes) {
            sendLimitBytes = bytes;
            return this;
        }

        /// The most memory that all send queues together keep from being used otherwise, in bytes; default 256
        /// MiB, or four frames of the maximum size if that is more. No queue gets more than is left for all
        /// others, so that peers that never read, however many, leave room for one that does. While it is
        /// spent, received frames wait until their answers have room, and the connection that has made no
        /// progress for longest is closed; for the frames being handled at that moment there is one answer more
        /// for each worker.
        public Builder sendBudgetBytes(long bytes) {
            sendBudgetBytes = bytes;
            return this;
        }

        /// The most memory of all frames that are being put together from several buffers, in bytes: at least
        /// twice the maximum size, because a frame that grows is in two buffers for a moment; default 256 MiB,
        /// or four frames of the maximum size if that is more.
        public Builder assemblyBudgetBytes(long bytes) {
            assemblyBudgetBytes = bytes;
            return this;
        }

        /// The most pages of 4 KiB that overlapped reads and sends lock at once, from 16; default 32,768, which
        /// are 128 MiB. Where it is spent, or Windows refuses before it is (WSAENOBUFS), pending reads give way
        /// to zero-byte ones and sends wait.
        public Builder lockedPages(int pages) {
            lockedPages = pages;
            return this;
        }

        /// How many unused buffers of each size are kept for reuse, [#NONE] to [#UNLIMITED], the default.
        public Builder keepFreeBuffers(int count) {
            keepFreeBuffers = count;
            return this;
        }

        /// How many unused connection contexts are kept for reuse, [#NONE] to [#UNLIMITED], the default.
        public Builder keepFreeContexts(int count) {
            keepFreeContexts = count;
            return this;
        }

        /// Whether Nagle's algorithm is off (TCP_NODELAY); default `true`.
        public Builder noDelay(boolean on) {
            tcp = tcp.withNoDelay(on);
            return this;
        }

        /// Whether silent peers are probed, at the system's times (SO_KEEPALIVE); default `false`. What the system
        /// can't do is skipped, and logged once.
        public Builder keepAlive(boolean on) {
            tcp = tcp.withKeepAlive(on);
            return this;
        }

        /// Has silent peers probed: after `idleSeconds` of silence, again after `intervalSeconds` without an
        /// answer, each 1 to 86,400, until `count` probes, 1 to 255, were in vain; then it counts as a reset.
        /// [TcpOptions#SYSTEM_DEFAULT] stands for what the system does. What it can't do is skipped, and logged
        /// once.
        public Builder keepAlive(int idleSeconds, int intervalSeconds, int count) {
            tcp = tcp.withKeepAlive(idleSeconds, intervalSeconds, count);
            return this;
        }

        /// How much of what was sent Windows copies and keeps for each connection (SO_SNDBUF), in bytes, 0 to
        /// 1 GiB; default [TcpOptions#SYSTEM_DEFAULT], which is best left alone.
        public Builder socketSendBufferBytes(int bytes) {
            tcp = tcp.withSendBufferBytes(bytes);
            return this;
        }

        /// How much Windows keeps for each connection of what arrives before it is received (SO_RCVBUF), in bytes,
        /// 1 to 1 GiB; default [TcpOptions#SYSTEM_DEFAULT], which is best left alone.
        public Builder socketReceiveBufferBytes(int bytes) {
            tcp = tcp.withReceiveBufferBytes(bytes);
            return this;
        }

        /// After how long without a byte in either direction [EndpointHandler#idle] is called, again and again,
        /// from 1 ms; default [Duration#ZERO]: never.
        public Builder idleTimeout(Duration limit) {
            idleTimeout = limit;
            return this;
        }

        /// How long a peer may take nothing of what is in flight to it, from 1 ms; default 60 s, and
        /// [Duration#ZERO] is for ever. Then it is cut, with [CloseReason.Kind#WRITE_STALLED].
        public Builder writeStallTimeout(Duration limit) {
            writeStallTimeout = limit;
            return this;
        }

        /// How long a peer may take to send one frame, from its first byte to its last, from 1 ms; default 60
        /// s, and [Duration#ZERO] is for ever. The time in which this side does not read does not count. Then
        /// it is cut, with [CloseReason.Kind#FRAME_TIMEOUT].
        public Builder frameTimeout(Duration limit) {
            frameTimeout = limit;
            return this;
        }

        /// How long a graceful close of one connection may take, from 1 ms; default 4 s. Then it is cut.
        public Builder closeTimeout(Duration limit) {
            closeTimeout = limit;
            return this;
        }

        /// How long a connect may take, all its tries together, up to a day; default 30 s. Then it fails with
        /// WSAETIMEDOUT. Zero for no limit: Windows gives up by itself after some 21 s without an answer, but a
        /// connect that it refuses for want of memory is tried again for ever.
        public Builder connectTimeout(Duration limit) {
            connectTimeout = limit;
            return this;
        }

        /// Switches file transfer on; by default it is off, and all frames are the user's. With it, frames whose
        /// first byte is 1 to 4 are taken by the library. Only with [Framing#lengthPrefixed].
        public Builder fileTransfer(TransferOptions options) {
            fileTransfer = options;
            return this;
        }

        /// Whether frames are delivered as they come; default `true`. Else a connection waits for
        /// [Connection#read], the article's `ARead`; each may change that for itself
        /// ([Connection#automaticReading]).
        public Builder automaticReading(boolean on) {
            automaticReading = on;
            return this;
        }

        /// What becomes of a peer that is too slow for [IocpEndpoint#broadcast]; default [SlowPeers#SKIP].
        public Builder slowPeers(SlowPeers policy) {
            slowPeers = policy;
            return this;
        }

        /// Who may connect: bans, limits for each address, a filter; default [AdmissionOptions#DEFAULT],
        /// everybody.
        public Builder admission(AdmissionOptions rules) {
            admission = rules;
            return this;
        }

        /// How long [IocpEndpoint#start] tries again to get listen addresses that are taken (WSAEADDRINUSE,
        /// WSAEACCES), every 100 ms, up to a day: for a restart while the process before is still ending. The
        /// default is zero, not at all.
        public Builder bindRetry(Duration limit) {
            bindRetry = limit;
            return this;
        }

        /// The number of threads that run jobs ([EndpointHandler#processJob]), 0 to 1024; default 1, the
        /// article's. They are started when jobs come. [IocpEndpoint#jobWorkers(int)] changes it later.
        public Builder jobWorkers(int count) {
            jobs = jobs.withWorkers(count);
            return this;
        }

        /// How many jobs may wait for a thread, 1 to 1,048,576; default 10,000. One more is refused.
        public Builder jobQueue(int count) {
            jobs = jobs.withQueueLimit(count);
            return this;
        }

        /// The options.
        ///
        /// @throws IllegalArgumentException that names the option, the value and the range
        public EndpointOptions build() {
            int most = maxFrameBytes != null ? maxFrameBytes : Math.min(DEFAULT_MAX_FRAME, framing.maxPayloadBytes());
            long frame = Math.max(most, bufferBytes);
            return new EndpointOptions(
                    listenAddresses,
                    dualStack,
                    maxConnections,
                    ioWorkers,
                    batch,
                    backlog,
                    pendingAccepts,
                    readMode,
                    pendingReads,
                    dispatch,
                    framing,
                    bufferBytes,
                    most,
                    sendHighMarkBytes,
                    sendLimitBytes != 0 ? sendLimitBytes : sendHighMarkBytes + 4 * (frame + framing.maxHeaderBytes()),
                    sendBudgetBytes != 0
                            ? sendBudgetBytes
                            : Math.max(DEFAULT_BUDGET, 4 * (frame + framing.maxHeaderBytes())),
                    assemblyBudgetBytes != 0 ? assemblyBudgetBytes : Math.max(DEFAULT_BUDGET, 4 * frame),
                    lockedPages,
                    keepFreeBuffers,
                    keepFreeContexts,
                    tcp,
                    new TimeLimits(connectTimeout, idleTimeout, writeStallTimeout, frameTimeout, closeTimeout),
                    automaticReading,
                    slowPeers,
                    admission,
                    fileTransfer,
                    bindRetry,
                    jobs);
        }
    }
}
