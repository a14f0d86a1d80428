package io.github.iocp4j;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.iocp4j.CloseReason.Kind;
import io.github.iocp4j.admission.AddressRange;
import io.github.iocp4j.admission.AdmissionOptions;
import io.github.iocp4j.testing.Peer;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;

/// Connections that are accepted together with their first data.
abstract class AcceptWithDataContract extends EndpointContract {
    private static final byte[] ONE = {1};
    private static final AdmissionOptions WITH_DATA = AdmissionOptions.DEFAULT.withAcceptWithData(true);

    private final Duration limit = Duration.ofSeconds(1);

    AcceptWithDataContract(Kernels kernels) {
        super(kernels);
    }

    @Test
    void firstBytesComeFirstAndTheOthersBehindThem() {
        check(stand -> {
            TestEndpoint server = serve(stand, new Echo(), WITH_DATA, options -> options);
            List<Stand.Task> tasks = new ArrayList<>();
            for (int i = 0; i < 3; i++) {
                Random random = new Random(stand.random().nextLong());
                tasks.add(stand.fork("peer " + i, () -> {
                    List<byte[]> payloads = new ArrayList<>();
                    for (int frame = 0; frame < 8; frame++) {
                        payloads.add(WireFrames.random(random, random.nextInt(600)));
                    }
                    try (Peer peer = server.connect()) {
                        WireFrames.writeInPieces(peer, WireFrames.encode(payloads), random, 700);
                        WireFrames.expect(peer, payloads);
                    }
                }));
            }
            tasks.forEach(Stand.Task::await);
            server.expectEnds(3, Kind.PEER_CLOSED);
        });
    }

    @Test
    void nobodyHearsOfAPeerBeforeItSpeaks() {
        check(stand -> {
            TestEndpoint server = serve(stand, new Echo(), WITH_DATA, options -> options);
            try (Peer peer = server.connect()) {
                stand.kernel().pause(Duration.ofMillis(100));
                assertEquals(0, server.order().connections().size());
                peer.write(WireFrames.encode(ONE));
                WireFrames.expect(peer, ONE);
                assertEquals(peer.localAddress(), server.awaitConnection(0).remoteAddress());
                assertEquals(peer.remoteAddress(), server.awaitConnection(0).localAddress());
            }
            server.expectEnds(1, Kind.PEER_CLOSED);
        });
    }

    /// They hold all accepts there are.
    @Test
    void silentPeersAreCutAndTheirAcceptsServeOthers() {
        checkLong(stand -> {
            TestEndpoint server = serve(
                    stand, new Echo(), WITH_DATA.withFirstDataTimeout(limit), options -> options.pendingAccepts(2));
            List<Peer> silent = List.of(server.connect(), server.connect());
            Duration took = stand.time(() -> {
                stand.await("both are cut", () -> refusals(server).neverSent() == 2);
            });
            stand.expectWithin(limit.plusSeconds(2), took);
            assertTrue(took.compareTo(limit.minusMillis(100)) > 0, () -> "cut after " + took);
            for (Peer peer : silent) {
                stand.expectReset(peer);
                Stand.closeQuietly(peer);
            }
            try (Peer peer = server.connect()) {
                peer.write(WireFrames.encode(ONE));
                WireFrames.expect(peer, ONE);
            }
            server.expectEnds(1, Kind.PEER_CLOSED);
            assertEquals(1, server.order().connections().size());
            assertEquals(2, server.endpoint().counters().connections().refused());
        });
    }

    @Test
    void peerThatEndsWithoutAWordIsClosedAndCounted() {
        check(stand -> {
            TestEndpoint server = serve(stand, new Echo(), WITH_DATA, options -> options);
            for (int i = 1; i <= 3; i++) {
                int count = i;
                Peer peer = server.connect();
                peer.shutdownOutput();
                WireFrames.expectEnd(peer);
                peer.close();
                stand.await(count + " are counted", () -> refusals(server).neverSent() == count);
            }
            assertEquals(0, server.order().connections().size());
        });
    }

    @Test
    void refusedPeersLeaveNoBufferBehind() {
        check(stand -> {
            AdmissionOptions rules = WITH_DATA.withBanned(AddressRange.parse("127.0.0.0/8"));
            TestEndpoint server = serve(stand, new Echo(), rules, options -> options);
            for (int i = 0; i < 3; i++) {
                Peer peer = server.connect();
                peer.write(WireFrames.encode(ONE));
                stand.expectReset(peer);
                Stand.closeQuietly(peer);
            }
            stand.await("all are counted", () -> refusals(server).banned() == 3);
        });
    }

    @Test
    void pauseInConnectedHoldsTheFirstBytesAndACloseDropsThem() {
        check(stand -> {
            TestEndpoint server = serve(
                    stand,
                    new Echo() {
                        @Override
                        public void connected(Connection connection) {
                            connection.pauseReading();
                            connection.attach("paused");
                        }
                    },
                    WITH_DATA,
                    options -> options);
            Peer first = server.connect();
            first.write(WireFrames.encode(ONE));
            awaitPaused(server, 0).resumeReading();
            WireFrames.expect(first, ONE);
            first.close();
            server.awaitReleased(1);
            Peer second = server.connect();
            second.write(WireFrames.encode(ONE));
            awaitPaused(server, 1).abort();
            server.awaitReleased(2);
            Stand.closeQuietly(second);
        });
    }

    @Test
    void endpointClosesWhilePeersSayNothing() {
        check(stand -> {
            TestEndpoint server = serve(stand, new Echo(), WITH_DATA.withFirstDataTimeout(limit), options -> options);
            List<Peer> silent = List.of(server.connect(), server.connect(), server.connect());
            stand.kernel()
                    .pause(Duration.ofMillis(isSimulated() ? stand.random().nextInt(1_500) : 50));
            Duration took = stand.time(() -> server.endpoint().close());
            stand.expectWithin(Duration.ofSeconds(1), took);
            silent.forEach(Stand::closeQuietly);
        });
    }

    private static Connection awaitPaused(TestEndpoint server, int number) {
        Connection connection = server.awaitConnection(number);
        server.stand().await("the pause", () -> connection.attachment() != null);
        return connection;
    }

    private static EndpointCounters.Admission refusals(TestEndpoint server) {
        return server.endpoint().counters().admission();
    }

    private static TestEndpoint serve(
            Stand stand, EndpointHandler handler, AdmissionOptions rules, UnaryOperator<EndpointOptions.Builder> change)
            throws IOException {
        return stand.serve(handler, options -> change.apply(options.admission(rules)));
    }
}
