package io.github.iocp4j;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.iocp4j.testing.CountedCall;
import io.github.iocp4j.testing.CountingHost;
import io.github.iocp4j.testing.KernelCounts;
import io.github.iocp4j.testing.OverlappedKind;
import io.github.iocp4j.testing.TestKernel;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/// The same echoes for every number of workers, dispatch mode and read mode, on any kernel; and what shows that a
/// cell tested what its name says.
final class EndpointMatrix {
    private static final Duration LIMIT = Duration.ofSeconds(30);
    private static final int LEAST_SLOW_READS = 40;

    /// Enough for all connections, and less for an endpoint to prepare than the default.
    private static final int BUDGET_BYTES = 4 << 20;

    /// @param pendingReads 0 for zero-byte reads
    record Cell(int workers, Dispatch dispatch, int pendingReads) {
        /// Whether parked reads, inline completions and two sends at once have to be seen.
        boolean isCrowded() {
            return workers >= 2 && pendingReads >= 4;
        }

        @Override
        public String toString() {
            String reads = pendingReads == 0 ? "zero-byte reads" : pendingReads + " pending reads";
            return workers + (workers == 1 ? " worker, " : " workers, ") + dispatch + ", " + reads;
        }
    }

    /// How much is done.
    ///
    /// @param patience how long a cell goes on until it has seen what has to be seen
    record Size(
            int connections, int frames, int bufferBytes, int maxFrameBytes, int highMarkBytes, Duration patience) {}

    /// What one run has seen, or several together.
    ///
    /// @param twoSends how often two sends of one connection were in flight while the peer read slowly
    record Evidence(long parkedReads, long inlineReads, long inlineSends, long twoSends) {
        static final Evidence NONE = new Evidence(0, 0, 0, 0);

        Evidence plus(Evidence more) {
            return new Evidence(
                    parkedReads + more.parkedReads,
                    inlineReads + more.inlineReads,
                    inlineSends + more.inlineSends,
                    twoSends + more.twoSends);
        }

        boolean isParkedAndInline() {
            return parkedReads > 0 && inlineReads > 0 && inlineSends > 0;
        }

        boolean isComplete() {
            return isParkedAndInline() && twoSends > 0;
        }
    }

    private final TestKernel kernel;
    private final Cell cell;
    private final Size size;
    private final CountingHost host;
    private final KernelCounts counts;
    private final CheckedEcho handler;
    private final CallbackOrder order;
    private final long deadline;
    private final List<EchoPeer> peers = new ArrayList<>();
    private IocpEndpoint endpoint;
    private volatile boolean twoSends;

    private EndpointMatrix(TestKernel kernel, Cell cell, Size size) {
        this.kernel = kernel;
        this.cell = cell;
        this.size = size;
        host = new CountingHost(kernel.host());
        counts = host.counts();
        handler = new CheckedEcho(kernel);
        order = new CallbackOrder(kernel, handler);
        deadline = host.nanoTime() + size.patience().toNanos();
    }

    static Stream<Cell> cells() {
        return Stream.of(1, 2, 4)
                .flatMap(workers -> Stream.of(Dispatch.values())
                        .flatMap(dispatch -> Stream.of(0, 1, 4, 16).map(reads -> new Cell(workers, dispatch, reads))));
    }

    /// Runs a cell once, and fails when anything is wrong.
    static Evidence run(TestKernel kernel, Cell cell, Size size) {
        EndpointMatrix matrix = new EndpointMatrix(kernel, cell, size);
        kernel.run(matrix::run);
        return matrix.seen();
    }

    private void run() throws Exception {
        try (IocpEndpoint started = order.start(host, options())) {
            endpoint = started;
            for (int i = 0; i < size.connections(); i++) {
                peers.add(new EchoPeer(kernel, kernel.connect(address()), size.maxFrameBytes(), size.bufferBytes()));
            }
            exchange();
            checkAtRest();
            exchangeSlowly();
            checkAtRest();
            for (EchoPeer peer : peers) {
                peer.end();
            }
            kernel.await("the release of all connections", LIMIT, () -> order.released() == peers.size());
        }
        checkOver();
    }

    private EndpointOptions options() {
        EndpointOptions.Builder builder = EndpointOptions.server(
                        new InetSocketAddress(InetAddress.ofLiteral("127.0.0.1"), 0))
                .ioWorkers(cell.workers())
                .dispatch(cell.dispatch())
                .maxConnections(size.connections())
                .pendingAccepts(2)
                .bufferBytes(size.bufferBytes())
                .maxFrameBytes(size.maxFrameBytes())
                .sendHighMarkBytes(size.highMarkBytes())
                .sendBudgetBytes(BUDGET_BYTES)
                .assemblyBudgetBytes(BUDGET_BYTES);
        if (cell.pendingReads() == 0) {
            builder.readMode(ReadMode.ZERO_BYTE);
        } else {
            builder.readMode(ReadMode.PENDING).pendingReads(cell.pendingReads());
        }
        // Which packet a worker handles when it submits is known where it takes one at a time.
        boolean posted = cell.dispatch() == Dispatch.POSTED;
        return builder.batch(posted ? 1 : 1 + kernel.random().nextInt(16)).build();
    }

    private InetSocketAddress address() {
        return endpoint.localAddress();
    }

    /// All peers at once, until reads were parked and something was done inline, where that has to be seen.
    private void exchange() {
        do {
            for (EchoPeer peer : peers) {
                peer.exchange(size.frames());
            }
            kernel.await("every echo", LIMIT, () -> peers.stream().noneMatch(EchoPeer::isBusy));
        } while (cell.isCrowded() && !seen().isParkedAndInline() && host.nanoTime() < deadline);
    }

    private Evidence seen() {
        return new Evidence(
                endpoint.counters().traffic().readsParked(),
                counts.completedInline(OverlappedKind.RECEIVE),
                counts.completedInline(OverlappedKind.SEND),
                twoSends ? 1 : 0);
    }

    /// One peer alone, which reads slowly until two sends are in flight: then they are those of its connection.
    private void exchangeSlowly() {
        EchoPeer slow = peers.getFirst();
        int[] reads = new int[1];
        slow.exchangeSlowly(() -> {
            twoSends = counts.inFlight(OverlappedKind.SEND) >= 2;
            return twoSends || (++reads[0] > LEAST_SLOW_READS && host.nanoTime() >= deadline);
        });
        kernel.await("every echo to a slow reader", LIMIT.multipliedBy(2), () -> !slow.isBusy());
    }

    private void checkAtRest() {
        boolean zeroByte = cell.pendingReads() == 0;
        int reads = zeroByte ? 1 : cell.pendingReads();
        int allReads = peers.size() * reads;
        OverlappedKind kind = zeroByte ? OverlappedKind.ZERO_BYTE_RECEIVE : OverlappedKind.RECEIVE;
        OverlappedKind other = zeroByte ? OverlappedKind.RECEIVE : OverlappedKind.ZERO_BYTE_RECEIVE;
        kernel.await(
                "rest, with " + reads + " reads on each connection",
                LIMIT,
                () -> counts.inFlight(kind) == allReads
                        && counts.inFlight(OverlappedKind.SEND) == 0
                        && endpoint.counters().memory().buffersOut() == (zeroByte ? 0 : allReads));
        assertEquals(reads, counts.mostOnOneSocket(kind), "reads at once on one socket");
        assertTrue(counts.mostOnOneSocket(OverlappedKind.SEND) <= 2, "sends at once on one socket");
        assertEquals(0, counts.submitted(other), "reads of the other kind");
        assertEquals(zeroByte, counts.calls(CountedCall.WSA_RECV_NON_BLOCKING) > 0, "non-blocking reads");
    }

    private void checkOver() {
        EndpointCounters counters = endpoint.counters();
        order.verifyOver();
        assertTrue(counters.isQuiescent(), counters::toString);
        assertEquals(0, counters.connections().open());
        assertEquals(0, counters.memory().operationsInFlight());
        for (OverlappedKind kind : OverlappedKind.values()) {
            assertEquals(0, counts.inFlight(kind), kind + " in flight");
        }
        long frames = peers.stream().mapToLong(EchoPeer::framesRead).sum();
        long bytes = peers.stream().mapToLong(EchoPeer::bytesRead).sum();
        assertEquals(peers.size(), counters.accepted());
        assertEquals(peers.size(), order.connections().size());
        assertEquals(frames, counters.framesReceived());
        assertEquals(frames, counters.framesSent());
        assertEquals(bytes, counters.bytesReceived());
        assertEquals(bytes, counters.bytesSent());
        assertEquals(0, counters.sendsRefused());
        checkDispatch();
    }

    private void checkDispatch() {
        boolean posted = cell.dispatch() == Dispatch.POSTED;
        for (OverlappedKind kind :
                List.of(OverlappedKind.RECEIVE, OverlappedKind.ZERO_BYTE_RECEIVE, OverlappedKind.SEND)) {
            boolean elsewhere = counts.submittedElsewhere(kind) > 0;
            boolean expected = !posted && counts.submitted(kind) > 0;
            assertEquals(expected, elsewhere, kind + " submitted while no posted packet was handled");
        }
        assertTrue(counts.submitted(OverlappedKind.SEND) > 0);
    }
}
