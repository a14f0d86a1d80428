package io.github.iocp4j;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.iocp4j.admission.AddressRange;
import io.github.iocp4j.admission.AdmissionOptions;
import io.github.iocp4j.testing.Peer;
import java.io.IOException;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/// Bursts of short-lived connections: what AcceptEx was wanted for (the article's section 8).
abstract class AcceptBurstContract extends EndpointContract {
    private static final byte[] ONE = {1};

    AcceptBurstContract(Kernels kernels) {
        super(kernels);
    }

    @Test
    void everyConnectionIsServedOrRefusedByARuleAndCounted() {
        checkLong(stand -> {
            AdmissionOptions rules = AdmissionOptions.DEFAULT
                    .withBanned(AddressRange.parse("127.0.0.4"))
                    .withMostPerAddress(2)
                    .withAcceptsPerSecond(1_000, 5)
                    .withFilter((_, remote) -> remote.getPort() % 8 != 0);
            TestEndpoint server =
                    stand.serve(new Echo(), options -> options.maxConnections(3).admission(rules));
            AtomicInteger made = new AtomicInteger();
            AtomicInteger echoed = new AtomicInteger();
            List<Stand.Task> tasks = new ArrayList<>();
            for (int i = 1; i <= 4; i++) {
                InetAddress from = InetAddress.ofLiteral("127.0.0." + i);
                Random random = new Random(stand.random().nextLong());
                tasks.add(stand.fork("peers of " + from, () -> {
                    for (int round = 0; round < 15; round++) {
                        echoed.addAndGet(visit(server, from, random, made) ? 1 : 0);
                    }
                }));
            }
            tasks.forEach(Stand.Task::await);
            stand.await("all are counted", () -> delivered(server) == made.get());
            EndpointCounters.Connections connections =
                    server.endpoint().counters().connections();
            server.awaitReleased((int) connections.accepted());
            EndpointCounters.Admission refusals = server.endpoint().counters().admission();
            assertEquals(
                    connections.refused(),
                    refusals.banned()
                            + refusals.rate()
                            + refusals.perAddress()
                            + refusals.filter()
                            + refusals.connectionLimit());
            assertEquals(connections.accepted(), server.order().connections().size());
            int banned = (int) refusals.banned();
            assertTrue(banned <= 15, () -> banned + " banned");
            assertTrue(echoed.get() <= connections.accepted(), "more were echoed than served");
        });
    }

    private static long delivered(TestEndpoint server) {
        EndpointCounters.Connections now = server.endpoint().counters().connections();
        return now.accepted() + now.refused() + now.acceptsFailed();
    }

    /// Connects, and goes after a frame, or at once.
    ///
    /// @return whether a frame was echoed
    private boolean visit(TestEndpoint server, InetAddress from, Random random, AtomicInteger made) {
        try {
            Peer peer =
                    server.stand().kernel().connectFrom(from, server.endpoint().localAddress());
            made.getAndIncrement();
            switch (random.nextInt(3)) {
                case 0 -> peer.close();
                case 1 -> {
                    // A system may forget one that was reset before it was accepted.
                    if (isSimulated()) {
                        peer.reset();
                    } else {
                        peer.close();
                    }
                }
                default -> {
                    return echoes(peer);
                }
            }
        } catch (IOException _) {
            // The backlog was full: nothing has been made.
        }
        return false;
    }

    private static boolean echoes(Peer peer) {
        try {
            peer.write(WireFrames.encode(ONE));
            WireFrames.expect(peer, ONE);
            return true;
        } catch (IOException _) {
            return false;
        } finally {
            Stand.closeQuietly(peer);
        }
    }
}
