package io.github.iocp4j;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.iocp4j.CloseReason.Kind;
import io.github.iocp4j.admission.AdmissionOptions;
import io.github.iocp4j.testing.Peer;
import io.github.iocp4j.testing.PeerListener;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.Arrays;
import java.util.Map;
import org.junit.jupiter.api.Test;

/// What an endpoint counts.
abstract class CountersContract extends EndpointContract {
    private static final int ERROR_NO_SYSTEM_RESOURCES = 1450;
    private static final int WSAENOBUFS = 10055;
    private static final int WSAECONNRESET = 10054;
    private static final int HEADER = 4;

    CountersContract(Kernels kernels) {
        super(kernels);
    }

    @Test
    void countsFramesAndBytesExactly() {
        check(stand -> {
            TestEndpoint server = stand.serve(new Echo());
            int frames = 20;
            int length = 700;
            try (Peer peer = server.connect()) {
                for (int i = 0; i < frames; i++) {
                    byte[] payload = WireFrames.random(stand.random(), length);
                    peer.write(WireFrames.encode(payload));
                    WireFrames.expect(peer, payload);
                }
            }
            server.expectEnds(1, Kind.PEER_CLOSED);
            server.endpoint().close();
            EndpointCounters.Traffic traffic = server.endpoint().counters().traffic();
            long bytes = (long) frames * (HEADER + length);
            assertEquals(frames, traffic.framesReceived());
            assertEquals(frames, traffic.framesSent());
            assertEquals(bytes, traffic.bytesReceived());
            assertEquals(bytes, traffic.bytesSent());
            assertTrue(traffic.packets() > 0, traffic::toString);
            assertEquals(0, traffic.foreignPackets());
        });
    }

    @Test
    void countsTheReasonOfEachEnd() {
        check(stand -> {
            TestEndpoint server = stand.serve(new Echo(), options -> options.maxFrameBytes(1000));
            try (Peer _ = server.connect()) {
                server.awaitConnection(0).abort();
                server.awaitReleased(1);
            }
            try (Peer peer = server.connect()) {
                peer.write(WireFrames.encode(new byte[1001]));
                server.awaitReleased(2);
            }
            server.connect().close();
            server.awaitReleased(3);
            server.connect().close();
            server.awaitReleased(4);
            try (Peer _ = server.connect()) {
                server.awaitConnection(4);
                server.endpoint().close();
            }
            EndpointCounters.Connections counted = server.endpoint().counters().connections();
            assertEquals(1, counted.closed(Kind.ABORTED));
            assertEquals(1, counted.closed(Kind.FRAME_TOO_LONG));
            assertEquals(2, counted.closed(Kind.PEER_CLOSED));
            assertEquals(1, counted.closed(Kind.ENDPOINT_CLOSED));
            assertEquals(0, counted.closed(Kind.RESET));
            assertEquals(5, counted.closed());
            assertEquals(5, counted.accepted());
            assertEquals(0, counted.open());
            Map<Kind, Long> closes = counted.closes();
            assertThrows(UnsupportedOperationException.class, () -> closes.put(Kind.RESET, 1L));
        });
    }

    @Test
    void countsConnectsThatFail() {
        check(stand -> {
            InetSocketAddress nobody;
            try (PeerListener listener = stand.kernel().listen()) {
                nobody = listener.address();
            }
            Connects handler = new Connects();
            TestEndpoint client = stand.client(handler, options -> options);
            for (int i = 1; i <= 3; i++) {
                int count = i;
                assertTrue(client.endpoint().connect(nobody, null));
                stand.await("failure " + count, () -> handler.failed() == count);
            }
            EndpointCounters counters = client.endpoint().counters();
            assertEquals(3, counters.connections().connectsFailed());
            assertEquals(0, counters.connected());
            assertTrue(counters.shortage().isNone(), counters::toString);
        });
    }

    /// It takes neither a connection's place nor its address's.
    @Test
    void countsAnAcceptedConnectionThatCantBeUsed() {
        check(stand -> {
            FaultyHost host = new FaultyHost(stand.kernel().host());
            host.refuse("ioctlsocket", WSAENOBUFS, 1);
            AdmissionOptions oneEach = AdmissionOptions.DEFAULT.withMostPerAddress(1);
            TestEndpoint server = stand.startOn(
                    host,
                    CloseLimitContract.loopbackServer(),
                    new Echo(),
                    options -> options.maxConnections(1).admission(oneEach));
            Peer peer = server.connect();
            stand.expectReset(peer);
            Stand.closeQuietly(peer);
            stand.await("the count", () -> counters(server).connections().acceptsFailed() == 1);
            assertEquals(0, counters(server).connections().accepted());
            assertEquals(0, server.endpoint().connectionCount());
            expectEcho(stand, server);
            stand.await("the other count", () -> counters(server).connections().accepted() == 1);
            assertEquals(0, counters(server).connections().refused());
            server.endpoint().close();
            server.verifyOver();
        });
    }

    @Test
    void tellsRefusedAcceptsFromFailedOnes() {
        check(stand -> {
            FaultyHost host = new FaultyHost(stand.kernel().host());
            host.refuse("AcceptEx", WSAENOBUFS, 3);
            TestEndpoint server = serveOn(host, stand);
            expectEcho(stand, server);
            stand.await("refusals", () -> counters(server).shortage().accepts() == 3);
            assertEquals(0, counters(server).connections().acceptsFailed());
            host.refuse("AcceptEx", WSAECONNRESET, 2);
            // The accept that is made again for this peer's is refused, and so is its next try.
            expectEcho(stand, server);
            stand.await("failures", () -> counters(server).connections().acceptsFailed() == 2);
            assertEquals(3, counters(server).shortage().accepts());
            server.endpoint().close();
            server.verifyOver();
        });
    }

    @Test
    void countsRefusedPosts() {
        check(stand -> {
            FaultyHost host = new FaultyHost(stand.kernel().host());
            TestEndpoint client = stand.startOn(host, EndpointOptions.client(), new Connects(), options -> options);
            try (PeerListener listener = stand.kernel().listen()) {
                host.refuse("PostQueuedCompletionStatus", ERROR_NO_SYSTEM_RESOURCES, 3);
                assertTrue(client.endpoint().connect(listener.address(), null));
                Connects.expectEcho(listener);
            }
            assertEquals(3, counters(client).shortage().posts());
            client.endpoint().close();
            client.verifyOver();
        });
    }

    @Test
    void showsWhatIsInUseNow() {
        check(stand -> {
            TestEndpoint server = stand.serve(new Echo());
            try (Peer peer = server.connect()) {
                server.awaitConnection(0);
                byte[] frame = WireFrames.encode(new byte[10_000]);
                peer.write(Arrays.copyOf(frame, 9000));
                stand.await(
                        "a frame in the making", () -> counters(server).memory().assemblyBytes() > 0);
                EndpointCounters.Memory memory = counters(server).memory();
                assertTrue(memory.buffersOut() > 0, memory::toString);
                assertTrue(memory.bufferBytes() >= memory.assemblyBytes(), memory::toString);
                assertEquals(1, counters(server).connections().open());
                assertTrue(counters(server).connections().pendingIo() > 0);
            }
            server.awaitReleased(1);
            stand.await("room", () -> counters(server).memory().assemblyBytes() == 0);
            assertEquals(0, counters(server).connections().open());
        });
    }

    private static TestEndpoint serveOn(FaultyHost host, Stand stand) throws IOException {
        InetSocketAddress any = new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);
        return stand.startOn(
                host, EndpointOptions.server(any).maxConnections(64).pendingAccepts(2), new Echo(), options -> options);
    }

    private static void expectEcho(Stand stand, TestEndpoint server) throws IOException {
        try (Peer peer = server.connect()) {
            byte[] payload = WireFrames.random(stand.random(), 100);
            peer.write(WireFrames.encode(payload));
            WireFrames.expect(peer, payload);
        }
    }

    private static EndpointCounters counters(TestEndpoint endpoint) {
        return endpoint.endpoint().counters();
    }
}
