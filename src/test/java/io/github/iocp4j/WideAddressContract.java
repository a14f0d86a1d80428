package io.github.iocp4j;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.iocp4j.CloseReason.Kind;
import io.github.iocp4j.admission.AddressRange;
import io.github.iocp4j.admission.AdmissionOptions;
import io.github.iocp4j.testing.Peer;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.List;
import org.junit.jupiter.api.Test;

/// IPv6, and numbers of 64 bits: the article's program knows IPv4 only, and cuts keys down to 32 bits.
abstract class WideAddressContract extends EndpointContract {
    private static final byte[] ONE = {1};
    private static final InetAddress LOOPBACK_6 = InetAddress.ofLiteral("::1");

    WideAddressContract(Kernels kernels) {
        super(kernels);
    }

    @Test
    void defect10Ipv6PeersAreServedAndJudgedLikeOthers() {
        check(stand -> {
            TestEndpoint server = serve(stand, LOOPBACK_6, AdmissionOptions.DEFAULT.withMostPerAddress(1));
            Peer peer = server.connect();
            expectEcho(peer);
            assertEquals(LOOPBACK_6, server.awaitConnection(0).remoteAddress().getAddress());
            expectRefused(server, server.endpoint().localAddress());
            peer.close();
            server.awaitReleased(1);
            server.endpoint().banList().ban(AddressRange.parse("::1"));
            expectRefused(server, server.endpoint().localAddress());
            EndpointCounters.Admission refusals = server.endpoint().counters().admission();
            stand.await(
                    "both are counted",
                    () -> server.endpoint().counters().connections().refused() == 2);
            assertEquals(1, refusals.perAddress());
        });
    }

    /// A ban of an IPv4 address holds where it arrives mapped to IPv6, and the other way round.
    @Test
    void ipv4PeersOfADualStackListenerAreKnownByTheirIpv4Address() {
        check(stand -> {
            InetAddress any = InetAddress.ofLiteral("::");
            AdmissionOptions rules = AdmissionOptions.DEFAULT.withBanned(
                    AddressRange.parse("127.0.0.9"), AddressRange.parse("::ffff:127.0.0.10"));
            TestEndpoint server = stand.start(
                    EndpointOptions.server(new InetSocketAddress(any, 0))
                            .maxConnections(8)
                            .dualStack(true),
                    new Echo(),
                    options -> options.admission(rules));
            InetSocketAddress over4 = new InetSocketAddress(
                    InetAddress.ofLiteral("127.0.0.1"),
                    server.endpoint().localAddress().getPort());
            for (String banned : List.of("127.0.0.9", "127.0.0.10")) {
                Peer refused = stand.kernel().connectFrom(InetAddress.ofLiteral(banned), over4);
                stand.expectReset(refused);
                Stand.closeQuietly(refused);
            }
            try (Peer peer = stand.kernel().connect(over4)) {
                expectEcho(peer);
            }
            server.expectEnds(1, Kind.PEER_CLOSED);
            assertEquals(2, server.endpoint().counters().admission().banned());
        });
    }

    @Test
    void defect10IdsHave64BitsAndHalfOfOneFindsNothing() {
        check(stand -> {
            TestEndpoint server = serve(stand, LOOPBACK_6, AdmissionOptions.DEFAULT);
            try (Peer peer = server.connect()) {
                expectEcho(peer);
                Connection connection = server.awaitConnection(0);
                long id = connection.id();
                assertSame(connection, server.endpoint().find(id));
                assertNotEquals(0, id >>> 32, "the upper half says which connection of its context it is");
                assertNull(server.endpoint().find(id & 0xffff_ffffL));
                assertNull(server.endpoint().find(id ^ (1L << 62)));
                assertNull(server.endpoint().find(id | 0x8000_0000L));
            }
            server.expectEnds(1, Kind.PEER_CLOSED);
        });
    }

    @Test
    void hostAddressesAreThoseOfTheMachineInPlaceOfTheWildcard() {
        check(4, stand -> {
            TestEndpoint exact = serve(stand, LOOPBACK_6, AdmissionOptions.DEFAULT);
            assertEquals(exact.endpoint().localAddresses(), exact.endpoint().hostAddresses());
            for (String any : List.of("0.0.0.0", "::")) {
                TestEndpoint server = serve(stand, InetAddress.ofLiteral(any), AdmissionOptions.DEFAULT);
                List<InetSocketAddress> addresses = server.endpoint().hostAddresses();
                boolean ipv4 = any.indexOf(':') < 0;
                for (InetSocketAddress address : addresses) {
                    assertTrue(!address.getAddress().isAnyLocalAddress(), address::toString);
                    assertEquals(ipv4, address.getAddress() instanceof java.net.Inet4Address, address::toString);
                    assertEquals(server.endpoint().localAddress().getPort(), address.getPort());
                }
                assertTrue(
                        !ipv4
                                || addresses.stream()
                                        .anyMatch(each -> each.getAddress().isLoopbackAddress()),
                        addresses::toString);
            }
            TestEndpoint client = stand.client(new Echo(), options -> options);
            assertEquals(List.of(), client.endpoint().hostAddresses());
        });
    }

    private static TestEndpoint serve(Stand stand, InetAddress address, AdmissionOptions rules)
            throws java.io.IOException {
        return stand.start(
                EndpointOptions.server(new InetSocketAddress(address, 0)).maxConnections(8),
                new Echo(),
                options -> options.admission(rules));
    }

    private static void expectRefused(TestEndpoint server, InetSocketAddress address) throws java.io.IOException {
        Peer refused = server.stand().kernel().connect(address);
        server.stand().expectReset(refused);
        Stand.closeQuietly(refused);
    }

    private static void expectEcho(Peer peer) throws java.io.IOException {
        peer.write(WireFrames.encode(ONE));
        WireFrames.expect(peer, ONE);
    }
}
