package io.github.iocp4j;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.github.iocp4j.testing.Peer;
import java.io.IOException;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;

/// An endpoint under test, with what its handler has seen.
record TestEndpoint(Stand stand, IocpEndpoint endpoint, EndpointOptions options, CallbackOrder order) {
    /// Connects a peer to it.
    Peer connect() throws IOException {
        return stand.kernel().connect(endpoint.localAddress());
    }

    /// Waits until so many connections are over, the last callback included.
    void awaitReleased(int count) {
        stand.await(count + " connections are released", () -> order.released() >= count);
        order.verify();
    }

    /// Waits until so many connections are made.
    Connection awaitConnection(int number) {
        stand.await("connection " + number, () -> order.connections().size() > number);
        return order.connections().get(number);
    }

    /// Waits until the one connection is made, `bytes` bytes have come in and its reads wait for more. In simulation
    /// these make no difference; Wine tells of a reset that finds no read pending as of an end of the stream.
    void awaitPendingReads(long bytes) {
        awaitConnection(0);
        if (stand.isSimulated()) {
            return;
        }
        Variation variation = stand.variation();
        int reads = variation.readMode() == ReadMode.ZERO_BYTE ? 1 : variation.pendingReads();
        AtomicLong packets = new AtomicLong();
        stand.await("pending reads", () -> {
            EndpointCounters counters = endpoint.counters();
            // What is in flight without a packet since the last look is a read, no wake-up.
            boolean isQuiet = packets.getAndSet(counters.traffic().packets())
                    == counters.traffic().packets();
            return isQuiet
                    && counters.bytesReceived() == bytes
                    && counters.memory().operationsInFlight() == options.pendingAccepts() + reads;
        });
    }

    /// Waits until `bytes` bytes have come in, before a peer ends its stream to an endpoint that has ended its own.
    /// In simulation nothing is waited for; Wine alone forgets reads that are pending when both have ended and
    /// there is something to read still.
    void awaitReceived(long bytes) {
        if (!stand.isSimulated()) {
            stand.await(bytes + " bytes", () -> endpoint.counters().bytesReceived() >= bytes);
        }
    }

    List<CloseReason.Kind> kinds() {
        return order.reasons().stream().map(CloseReason::kind).toList();
    }

    /// Waits until `count` connections are over and checks that each has ended for this reason.
    void expectEnds(int count, CloseReason.Kind kind) {
        awaitReleased(count);
        assertEquals(java.util.Collections.nCopies(count, kind), kinds());
    }

    void verifyOver() {
        EndpointCounters counters = endpoint.counters();
        order.verifyOver();
        if (!counters.isQuiescent() || counters.connections().open() != 0 || endpoint.connectionCount() != 0) {
            throw new AssertionError("left over: " + counters);
        }
    }
}
