package io.github.iocp4j;

import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.iocp4j.CloseReason.Kind;
import io.github.iocp4j.error.WinsockException;
import io.github.iocp4j.simulation.Faults;
import io.github.iocp4j.simulation.SimulationOptions;
import io.github.iocp4j.testing.Peer;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// A machine that is short of memory, or otherwise not at its best. Simulated only.
@Timeout(value = 300, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class ShortageTest {
    private static final int RECEIVES = 1;
    private static final int ZERO_BYTE_RECEIVES = 2;
    private static final int ACCEPTS = 4;
    private static final int POSTS = 8;

    @Test
    void refusedReceiveCostsNoConnection() {
        echo(refusals(RECEIVES, 30));
    }

    @Test
    void refusedZeroByteReceiveCostsNoConnection() {
        echo(refusals(ZERO_BYTE_RECEIVES, 30));
    }

    @Test
    void refusedAcceptDoesNotEndListening() {
        echo(refusals(ACCEPTS, 50));
    }

    @Test
    void refusedPostLosesNoWakeUp() {
        echo(refusals(POSTS, 30));
    }

    @Test
    void refusalsOfAllKindsCostNoConnection() {
        echo(refusals(RECEIVES | ZERO_BYTE_RECEIVES | ACCEPTS | POSTS, 40));
    }

    @Test
    void layeredProviderTakesNothingAtOnceWithoutAPacket() {
        echo(SimulationOptions.DEFAULT.withLayeredProvider());
    }

    @Test
    void layeredProviderAndRefusalsWorkTogether() {
        echo(refusals(RECEIVES | ZERO_BYTE_RECEIVES | ACCEPTS | POSTS, 20).withLayeredProvider());
    }

    @Test
    void failedAcceptDoesNotEndListening() {
        Faults faults = Faults.MILD.withFailedAccepts(40);
        Kernels.simulate(SimulationOptions.DEFAULT.withFaults(faults), Kernels.MANY, stand -> {
            TestEndpoint server = stand.serve(new Echo());
            int served = 0;
            for (int i = 0; i < 20; i++) {
                try (Peer peer = server.connect()) {
                    byte[] payload = WireFrames.random(stand.random(), 600);
                    peer.write(WireFrames.encode(payload));
                    WireFrames.expect(peer, payload);
                    served++;
                } catch (IOException _) {
                    // This one's accept has failed.
                }
            }
            assertTrue(served > 0, "none was served");
            server.expectEnds(served, Kind.PEER_CLOSED);
        });
    }

    @Test
    void closeDuringAShortageLeavesNothingOver() {
        SimulationOptions options = refusals(RECEIVES | ZERO_BYTE_RECEIVES | ACCEPTS | POSTS, 20);
        Kernels.simulate(options, Kernels.MANY, stand -> {
            TestEndpoint server =
                    stand.serve(new Echo(), each -> each.maxConnections(5).sendHighMarkBytes(1000));
            TestEndpoint client = stand.client(new Storm.Talker(), each -> each.maxConnections(3));
            AtomicBoolean over = new AtomicBoolean();
            List<Stand.Task> tasks = new ArrayList<>();
            for (int i = 0; i < 3; i++) {
                Random random = new Random(stand.random().nextLong());
                tasks.add(stand.fork("peer-" + i, () -> {
                    while (!over.get()) {
                        Storm.connection(stand, server.endpoint().localAddress(), random);
                        boolean _ = client.endpoint().connect(server.endpoint().localAddress(), null);
                    }
                }));
            }
            int enough = 1 + stand.random().nextInt(20);
            stand.await(
                    enough + " connections", () -> server.endpoint().counters().accepted() >= enough);
            server.endpoint().close();
            client.endpoint().close();
            over.set(true);
            tasks.forEach(Stand.Task::await);
        });
    }

    @Test
    void defect10SendThatEndsShortOfItsBytesAbortsItsConnection() {
        failedSends(Faults.MILD.withFailedSends(0, 30));
    }

    @Test
    void sendThatRanOutOfResourcesAbortsItsConnection() {
        failedSends(Faults.MILD.withFailedSends(30, 0));
    }

    /// Also a read that is made while the failure shows is cancelled: the peer says nothing more.
    @Test
    void failedSendEndsTheConnectionOfASilentPeerAtOnce() {
        Faults faults = Faults.MILD.withFailedSends(100, 0);
        SimulationOptions options = SimulationOptions.DEFAULT.withFaults(faults).withInlinePercent(0);
        Kernels.simulate(options, Kernels.MANY, stand -> {
            TestEndpoint server = stand.serve(
                    new Echo(),
                    each -> each.ioWorkers(3).dispatch(Dispatch.POSTED).closeTimeout(Duration.ofMinutes(1)));
            try (Peer peer = server.connect()) {
                Duration took = stand.time(() -> {
                    peer.write(WireFrames.encode(new byte[60_000]));
                    stand.expectReset(peer);
                    server.expectEnds(1, Kind.FAILED);
                });
                stand.expectWithin(Duration.ofSeconds(1), took);
            }
        });
    }

    /// Each connection either gets all its replies and the end, or a reset. What comes before a reset has a
    /// hole: two sends are in flight at once.
    private static void failedSends(Faults faults) {
        SimulationOptions options = SimulationOptions.DEFAULT.withFaults(faults).withInlinePercent(10);
        AtomicInteger failed = new AtomicInteger();
        Kernels.simulate(options, Kernels.MANY, stand -> {
            TestEndpoint server = stand.serve(new Echo());
            AtomicInteger resets = new AtomicInteger();
            List<Stand.Task> tasks = new ArrayList<>();
            for (int i = 0; i < 4; i++) {
                Random random = new Random(stand.random().nextLong());
                tasks.add(stand.fork("peer-" + i, () -> {
                    try (Peer peer = server.connect()) {
                        talk(stand, peer, random, 10);
                    } catch (IOException | AssertionError _) {
                        resets.getAndIncrement();
                    }
                }));
            }
            tasks.forEach(Stand.Task::await);
            server.awaitReleased(4);
            long ended =
                    server.kinds().stream().filter(Kind.PEER_CLOSED::equals).count();
            for (CloseReason reason : server.order().reasons()) {
                failed.getAndAdd(reason.kind() == Kind.FAILED ? 1 : 0);
                if (reason.kind() != Kind.PEER_CLOSED) {
                    assertTrue(Set.of(Kind.FAILED, Kind.RESET).contains(reason.kind()), reason::toString);
                    assertInstanceOf(WinsockException.class, reason.cause());
                }
            }
            // A send may also fail in the course of a close, whose reason stays.
            assertTrue(4 - resets.get() <= ended, () -> resets + " resets, " + server.kinds());
        });
        assertTrue(failed.get() > 0, "no send failed");
    }

    private static void echo(SimulationOptions options) {
        Kernels.simulate(options, Kernels.MANY, stand -> {
            Echo echo = new Echo();
            TestEndpoint server = stand.serve(echo, each -> each.sendHighMarkBytes(3000));
            List<Stand.Task> tasks = new ArrayList<>();
            int peers = 3;
            for (int i = 0; i < peers; i++) {
                Random random = new Random(stand.random().nextLong());
                tasks.add(stand.fork("peer-" + i, () -> {
                    try (Peer peer = server.connect()) {
                        talk(stand, peer, random, 15);
                    }
                }));
            }
            tasks.forEach(Stand.Task::await);
            server.expectEnds(peers, Kind.PEER_CLOSED);
            assertTrue(echo.refusals().isEmpty(), () -> echo.refusals().toString());
        });
    }

    private static void talk(Stand stand, Peer peer, Random random, int count) throws IOException {
        List<byte[]> payloads = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            payloads.add(WireFrames.random(random, random.nextInt(1500)));
        }
        Stand.Task writer = stand.fork("writer to " + peer.localAddress().getPort(), () -> {
            try {
                WireFrames.writeInPieces(peer, WireFrames.encode(payloads), random, 4000);
                peer.shutdownOutput();
            } catch (IOException _) {
                // The reader sees it too.
            }
        });
        try {
            WireFrames.expect(peer, payloads);
            WireFrames.expectEnd(peer);
        } finally {
            writer.await();
        }
    }

    private static SimulationOptions refusals(int what, int percent) {
        Faults all = Faults.refusals(percent);
        return SimulationOptions.DEFAULT.withFaults(new Faults(
                (what & RECEIVES) == 0 ? 0 : all.refusedReceives(),
                (what & ZERO_BYTE_RECEIVES) == 0 ? 0 : all.refusedZeroByteReceives(),
                0,
                (what & ACCEPTS) == 0 ? 0 : all.refusedAccepts(),
                0,
                (what & POSTS) == 0 ? 0 : all.refusedPosts(),
                0,
                0,
                0,
                all.earlyReturns()));
    }
}
