package io.github.iocp4j;

import io.github.iocp4j.job.JobCounters;
import java.util.Collections;
import java.util.EnumMap;
import java.util.Map;

/// What an endpoint has counted, at one moment: exact once it is closed. Before that each number is one that was
/// true a moment ago, and two of them may be a few events apart.
///
/// All counts begin at the start of the endpoint and only grow; what says "now" comes and goes.
///
/// @param connections connections, and what has become of them
/// @param admission why accepted connections were refused
/// @param traffic what came and went
/// @param memory what is in use now
/// @param files file transfers; nothing where they are switched off
/// @param shortage how often memory was short
/// @param jobs jobs, and what has become of them
public record EndpointCounters(
        Connections connections,
        Admission admission,
        Traffic traffic,
        Memory memory,
        Files files,
        Shortage shortage,
        JobCounters jobs) {
    /// Connections, and what has become of them. Of a closed endpoint, `accepted` and `connected` together are as
    /// many as all of `closes`.
    ///
    /// @param open connections that are open now
    /// @param unreleased connections whose last operation is not home yet, and connects on their way, now; open
    /// ones included
    /// @param pendingIo what the pending-I/O counts of all connections add up to now
    /// @param accepted connections that were accepted and served
    /// @param refused connections that were accepted and reset, by a rule: [EndpointCounters#admission] has the
    /// rules. What AcceptEx has delivered is `accepted`, `refused` and `acceptsFailed` together
    /// @param acceptsFailed accepts that came to nothing because the peer had left, or for another reason than a
    /// want of memory
    /// @param connected connections that were made by `connect`
    /// @param connectsFailed connects that ended in [EndpointHandler#connectFailed]
    /// @param closes for each reason how many connections have ended with it
    public record Connections(
            int open,
            int unreleased,
            long pendingIo,
            long accepted,
            long refused,
            long acceptsFailed,
            long connected,
            long connectsFailed,
            Map<CloseReason.Kind, Long> closes) {
        /// Keeps a copy of `closes`, which has all kinds, and nobody can change.
        public Connections {
            Map<CloseReason.Kind, Long> all = new EnumMap<>(CloseReason.Kind.class);
            for (CloseReason.Kind kind : CloseReason.Kind.values()) {
                all.put(kind, closes.getOrDefault(kind, 0L));
            }
            closes = Collections.unmodifiableMap(all);
        }

        /// How many connections have ended.
        public long closed() {
            return closes.values().stream().mapToLong(Long::longValue).sum();
        }

        /// How many connections have ended for this reason.
        public long closed(CloseReason.Kind kind) {
            return closes.getOrDefault(kind, 0L);
        }
    }

    /// Why connections were reset that had been accepted: how many by each rule, in the order in which the rules
    /// are asked.
    ///
    /// @param banned by the ban list
    /// @param rate because too many came from their address at a time
    /// @param perAddress because their address had as many as allowed
    /// @param filter by the program's own filter
    /// @param connectionLimit because there were [EndpointOptions#maxConnections] already
    /// @param closing because the endpoint was closing
    /// @param neverSent because they said nothing, where connections are accepted with their first data; elsewhere
    /// such connections end with [CloseReason.Kind#NEVER_SENT]
    /// @param bans how many bans there are now, some of which may have run out
    /// @param bansRefused how many bans found the ban list full
    public record Admission(
            long banned,
            long rate,
            long perAddress,
            long filter,
            long connectionLimit,
            long closing,
            long neverSent,
            int bans,
            long bansRefused) {}

    /// What came and went.
    ///
    /// @param framesReceived frames that were given to the handler
    /// @param bytesReceived bytes that were received, headers included
    /// @param framesSent frames that were taken by `send`
    /// @param bytesSent bytes that were sent, headers included
    /// @param sendsRefused calls of `send` that were answered with [SendResult#REFUSED_FULL]
    /// @param readsParked reads that came home before an earlier one, and waited for it
    /// @param readsInline reads that were done at once, without a packet
    /// @param sendsInline sends that were done at once, without a packet
    /// @param packets packets of the port that the I/O workers handled, whatever they were for
    /// @param foreignPackets packets that were of no operation in flight, and ignored: somebody has associated a
    /// handle of his own with the port, or an operation is in error
    /// @param packetsPosted what was posted by [Connection#post] and has been given to the handler
    /// @param postsRefused calls of [Connection#post] that found too many under way
    public record Traffic(
            long framesReceived,
            long bytesReceived,
            long framesSent,
            long bytesSent,
            long sendsRefused,
            long readsParked,
            long readsInline,
            long sendsInline,
            long packets,
            long foreignPackets,
            long packetsPosted,
            long postsRefused) {}

    /// What is in use now.
    ///
    /// @param operationsTaken operations that are taken from the port, those of kept contexts included
    /// @param operationsInFlight operations that belong to Windows
    /// @param buffersOut buffers that are outside their pools
    /// @param bufferBytes bytes of all buffers that are allocated, free ones included
    /// @param sendBytes bytes that are charged to [EndpointOptions#sendBudgetBytes]
    /// @param assemblyBytes bytes that are charged to [EndpointOptions#assemblyBudgetBytes]
    /// @param pagesLocked pages that reads and sends in flight lock, of [EndpointOptions#lockedPages]
    public record Memory(
            int operationsTaken,
            int operationsInFlight,
            int buffersOut,
            long bufferBytes,
            long sendBytes,
            long assemblyBytes,
            int pagesLocked) {}

    /// File transfers.
    ///
    /// @param sent files that were sent to their end
    /// @param received files that were received and written to their end
    /// @param unfinished files of which the handler was told that they did not become complete
    /// @param declined offers that were declined here, those of unsafe names and unanswered ones included
    /// @param transmits parts of files that were sent by TransmitFile
    /// @param open files that are open now
    public record Files(long sent, long received, long unfinished, long declined, long transmits, int open) {
        static final Files NONE = new Files(0, 0, 0, 0, 0, 0);
    }

    /// How often memory was short, Windows' (WSAENOBUFS and its like) or that of the endpoint's own limits. None
    /// of this has cost a connection, except those of `evictions`: it was all tried again.
    ///
    /// @param reads reads with a buffer that Windows refused
    /// @param zeroByteReads zero-byte and non-blocking reads that Windows refused
    /// @param sends sends that Windows refused
    /// @param posts packets that Windows refused to post
    /// @param accepts accepts that Windows refused, or that failed, for want of memory
    /// @param connects connects that Windows refused for want of memory
    /// @param pages reads and sends that found [EndpointOptions#lockedPages] spent
    /// @param buffers reads and frames that found no buffer within the limits
    /// @param evictions connections that were closed so that the others have memory: with
    /// [CloseReason.Kind#OUT_OF_BUFFERS], or early with [CloseReason.Kind#WRITE_STALLED]
    public record Shortage(
            long reads,
            long zeroByteReads,
            long sends,
            long posts,
            long accepts,
            long connects,
            long pages,
            long buffers,
            long evictions) {
        /// Whether memory was never short.
        public boolean isNone() {
            return (reads | zeroByteReads | sends | posts | accepts | connects | pages | buffers | evictions) == 0;
        }
    }

    /// Connections that were accepted and served.
    public long accepted() {
        return connections.accepted;
    }

    /// Connections that were made by `connect`.
    public long connected() {
        return connections.connected;
    }

    /// Connections whose last operation is not home yet.
    public int unreleased() {
        return connections.unreleased;
    }

    /// Frames that were given to the handler.
    public long framesReceived() {
        return traffic.framesReceived;
    }

    /// Frames that were taken by `send`.
    public long framesSent() {
        return traffic.framesSent;
    }

    /// Bytes that were received, headers included.
    public long bytesReceived() {
        return traffic.bytesReceived;
    }

    /// Bytes that were sent, headers included.
    public long bytesSent() {
        return traffic.bytesSent;
    }

    /// Calls of `send` that were answered with [SendResult#REFUSED_FULL].
    public long sendsRefused() {
        return traffic.sendsRefused;
    }

    /// Whether nothing is left over, as it must be after a close: no connection, no pending I/O, no operation, no
    /// buffer, no file, nothing charged, no job.
    public boolean isQuiescent() {
        boolean charged = memory.sendBytes != 0 || memory.assemblyBytes != 0 || memory.pagesLocked != 0;
        return connections.unreleased == 0
                && connections.pendingIo == 0
                && memory.operationsTaken == 0
                && memory.buffersOut == 0
                && files.open == 0
                && jobs.queued() + jobs.running() == 0
                && !charged;
    }
}
