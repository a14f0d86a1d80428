package io.github.iocp4j;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.iocp4j.CloseReason.Kind;
import io.github.iocp4j.admission.AddressRange;
import io.github.iocp4j.admission.AdmissionOptions;
import io.github.iocp4j.frame.Framing;
import io.github.iocp4j.testing.Peer;
import java.io.IOException;
import java.net.InetAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.ToLongFunction;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;

/// Who may connect, and what becomes of the others.
abstract class AdmissionContract extends EndpointContract {
    private static final byte[] ONE = {1};
    private static final InetAddress NINE = InetAddress.ofLiteral("127.0.0.9");
    private static final InetAddress TEN = InetAddress.ofLiteral("127.0.0.10");
    private static final AddressRange FROM_NINE = AddressRange.parse("127.0.0.9");

    AdmissionContract(Kernels kernels) {
        super(kernels);
    }

    @Test
    void bannedAddressIsResetAndCountedAndNobodyHearsOfIt() {
        check(stand -> {
            TestEndpoint server = serve(stand, rules -> rules.withBanned(AddressRange.parse("127.0.0.8/30")));
            expectRefused(server, NINE);
            expectRefused(server, TEN);
            awaitRefused(server, 2, EndpointCounters.Admission::banned);
            expectServed(server, InetAddress.ofLiteral("127.0.0.1"));
            assertEquals(1, server.order().connections().size());
            server.expectEnds(1, Kind.PEER_CLOSED);
        });
    }

    @Test
    void bansComeAndGoWhileTheEndpointRuns() {
        check(stand -> {
            TestEndpoint server = serve(stand, rules -> rules);
            Duration time = Duration.ofMillis(isSimulated() ? 5_000 : 300);
            expectServed(server, NINE);
            server.endpoint().banList().ban(FROM_NINE);
            expectRefused(server, NINE);
            assertTrue(server.endpoint().banList().unban(FROM_NINE));
            expectServed(server, NINE);
            server.endpoint().banList().ban(FROM_NINE, time);
            expectRefused(server, NINE);
            stand.kernel().pause(time);
            expectServed(server, NINE);
            awaitRefused(server, 2, EndpointCounters.Admission::banned);
            server.expectEnds(3, Kind.PEER_CLOSED);
        });
    }

    @Test
    void banLeavesConnectionsAndExpelEndsThem() {
        check(stand -> {
            TestEndpoint server = serve(stand, rules -> rules);
            Peer first = served(server, NINE);
            Peer second = served(server, NINE);
            Peer other = served(server, TEN);
            server.endpoint().banList().ban(FROM_NINE);
            expectEcho(first);
            assertEquals(2, server.endpoint().expel(FROM_NINE, Duration.ofHours(1)));
            stand.expectReset(first);
            stand.expectReset(second);
            server.expectEnds(2, Kind.BANNED);
            expectEcho(other);
            expectRefused(server, NINE);
            Stand.closeQuietly(first);
            Stand.closeQuietly(second);
            other.close();
            server.awaitReleased(3);
        });
    }

    /// Whether it is seen by who ends connections, or sees the ban when it opens: none gets through.
    @Test
    void expelMissesNoneThatIsJustBeingAccepted() {
        check(stand -> {
            TestEndpoint server = serve(stand, rules -> rules);
            List<Stand.Task> peers = new ArrayList<>();
            for (int i = 0; i < 3; i++) {
                peers.add(stand.fork("peer", () -> stand.expectReset(connect(server, NINE))));
            }
            int expelled = server.endpoint().expel(FROM_NINE, Duration.ofHours(1));
            peers.forEach(Stand.Task::await);
            stand.await("all are counted", () -> {
                EndpointCounters now = server.endpoint().counters();
                return now.admission().banned() + now.connections().closed(Kind.BANNED) == 3;
            });
            assertTrue(expelled <= server.endpoint().counters().connections().closed(Kind.BANNED));
        });
    }

    @Test
    void addressHasSoManyConnectionsAtOnceAndRoomAgainWhenOneIsOver() {
        check(stand -> {
            TestEndpoint server = serve(stand, rules -> rules.withMostPerAddress(2));
            for (int round = 0; round < 3; round++) {
                Peer first = served(server, NINE);
                Peer second = served(server, NINE);
                expectRefused(server, NINE);
                Peer other = served(server, TEN);
                awaitRefused(server, round + 1, EndpointCounters.Admission::perAddress);
                first.close();
                second.close();
                other.close();
                server.awaitReleased(3 * (round + 1));
            }
        });
    }

    @Test
    void addressMakesSoManyConnectionsAtATime() {
        check(stand -> {
            Duration token = Duration.ofSeconds(1);
            TestEndpoint server = serve(stand, rules -> rules.withAcceptsPerSecond(1, 2));
            expectServed(server, NINE);
            expectServed(server, NINE);
            expectRefused(server, NINE);
            expectServed(server, TEN);
            awaitRefused(server, 1, EndpointCounters.Admission::rate);
            stand.kernel().pause(token);
            expectServed(server, NINE);
            server.expectEnds(4, Kind.PEER_CLOSED);
        });
    }

    @Test
    void filterDecidesByBothAddressesAndItsFailureRefuses() {
        check(stand -> {
            AtomicBoolean failing = new AtomicBoolean();
            TestEndpoint server = serve(
                    stand,
                    rules -> rules.withMostPerAddress(1).withFilter((local, remote) -> {
                        assertTrue(
                                io.github.iocp4j.port.IoWorker.current() != null, "the filter runs on an I/O worker");
                        assertEquals(InetAddress.ofLiteral("127.0.0.1"), local.getAddress());
                        if (failing.get()) {
                            throw new Deliberate("filter");
                        }
                        return remote.getAddress().equals(NINE);
                    }));
            for (int i = 1; i <= 3; i++) {
                // Were its place not given back, the next refusal were one by another rule.
                expectRefused(server, TEN);
                awaitRefused(server, i, EndpointCounters.Admission::filter);
            }
            expectServed(server, NINE);
            server.awaitReleased(1);
            failing.set(true);
            expectRefused(server, NINE);
            awaitRefused(server, 4, EndpointCounters.Admission::filter);
            server.expectEnds(1, Kind.PEER_CLOSED);
        });
    }

    @Test
    void connectionLimitIsARuleToo() {
        check(stand -> {
            TestEndpoint server =
                    serve(stand, rules -> rules.withMostPerAddress(3), options -> options.maxConnections(1));
            Peer first = served(server, NINE);
            for (int i = 1; i <= 4; i++) {
                expectRefused(server, TEN);
                awaitRefused(server, i, EndpointCounters.Admission::connectionLimit);
            }
            first.close();
            server.expectEnds(1, Kind.PEER_CLOSED);
        });
    }

    @Test
    void malformedFrameBansItsAddressForAWhileIfToldSo() {
        check(stand -> {
            Duration time = Duration.ofMillis(isSimulated() ? 5_000 : 400);
            TestEndpoint server = serve(stand, rules -> rules.withBanMalformed(time));
            expectServed(server, NINE);
            server.awaitReleased(1);
            Peer peer = served(server, NINE);
            peer.write(WireFrames.header(1 << 20));
            stand.expectReset(peer);
            Stand.closeQuietly(peer);
            server.awaitReleased(2);
            assertEquals(Kind.FRAME_TOO_LONG, server.kinds().getLast());
            expectRefused(server, NINE);
            expectServed(server, TEN);
            stand.kernel().pause(time);
            expectServed(server, NINE);
        });
    }

    @Test
    void frameThatIsInvalidBansTooAndWithoutTheOptionNothingDoes() {
        check(stand -> {
            Framing picky = new Protocol.ReceiveOnly((_, _, _, cut) -> cut.malformed("all is wrong"));
            for (Duration time : List.of(Duration.ofHours(1), Duration.ZERO)) {
                TestEndpoint server =
                        serve(stand, rules -> rules.withBanMalformed(time), options -> options.framing(picky));
                Peer peer = connect(server, NINE);
                peer.write(ONE);
                server.expectEnds(1, Kind.FRAME_INVALID);
                Stand.closeQuietly(peer);
                assertEquals(time.isZero() ? 0 : 1, server.endpoint().banList().size());
            }
        });
    }

    private static TestEndpoint serve(Stand stand, UnaryOperator<AdmissionOptions> rules) throws IOException {
        return serve(stand, rules, options -> options);
    }

    private static TestEndpoint serve(
            Stand stand, UnaryOperator<AdmissionOptions> rules, UnaryOperator<EndpointOptions.Builder> change)
            throws IOException {
        AdmissionOptions admission = rules.apply(AdmissionOptions.DEFAULT);
        return stand.serve(new Echo(), options -> change.apply(options.admission(admission)));
    }

    private static Peer connect(TestEndpoint server, InetAddress from) throws IOException {
        return server.stand().kernel().connectFrom(from, server.endpoint().localAddress());
    }

    private static void expectRefused(TestEndpoint server, InetAddress from) throws IOException {
        Peer peer = connect(server, from);
        server.stand().expectReset(peer);
        Stand.closeQuietly(peer);
    }

    private static Peer served(TestEndpoint server, InetAddress from) throws IOException {
        Peer peer = connect(server, from);
        expectEcho(peer);
        return peer;
    }

    private static void expectServed(TestEndpoint server, InetAddress from) throws IOException {
        served(server, from).close();
    }

    private static void expectEcho(Peer peer) throws IOException {
        peer.write(WireFrames.encode(ONE));
        WireFrames.expect(peer, ONE);
    }

    /// All that were refused were so by this rule.
    private static void awaitRefused(TestEndpoint server, int count, ToLongFunction<EndpointCounters.Admission> rule) {
        server.stand()
                .await(
                        count + " refused",
                        () -> server.endpoint().counters().connections().refused() == count);
        EndpointCounters.Admission refusals = server.endpoint().counters().admission();
        assertEquals(count, rule.applyAsLong(refusals), refusals::toString);
    }
}
