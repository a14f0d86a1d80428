package io.github.iocp4j;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.iocp4j.testing.CountingHost;
import io.github.iocp4j.testing.OverlappedKind;
import io.github.iocp4j.testing.Peer;
import io.github.iocp4j.transfer.TransferOptions;
import io.github.iocp4j.transfer.TransferOutcome.Kind;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.Test;

/// Several files of an endpoint, and the few TransmitFile calls that it may have in flight.
abstract class FileTurnsContract extends EndpointContract {
    private static final byte[] START = {2};
    private static final int FILES = 6;
    private static final TransferOptions SMALL =
            TransferOptions.DEFAULT.withChunkBytes(64 << 10).withBuffers(4096, 32 * 4096);

    FileTurnsContract(Kernels kernels) {
        super(kernels);
    }

    @Test
    void noMoreRunAtOnceThanTheOptionSays() {
        check(stand -> {
            int limit = 1 + stand.random().nextInt(3);
            CountingHost host = sendAll(stand, SMALL.withTransmits(limit));
            assertTrue(host.counts().submitted(OverlappedKind.TRANSMIT) > 0);
            long most = host.counts().mostInFlight(OverlappedKind.TRANSMIT);
            assertTrue(most <= limit, () -> most + " at once, with a limit of " + limit);
        });
    }

    /// A third one would be held up by Windows.
    @Test
    void noMoreThanTwoRunAtOnceOnAClientEdition() {
        check(stand -> {
            CountingHost host = sendAll(stand, SMALL);
            assertTrue(host.counts().submitted(OverlappedKind.TRANSMIT) > 0);
            long most = host.counts().mostInFlight(OverlappedKind.TRANSMIT);
            assertTrue(most <= (host.isWorkstation() ? 2 : FILES), () -> most + " at once");
        });
    }

    /// They have stopped reading in the middle of their files, and keep the turns that they have.
    @Test
    void slowReceiversThatHaveAllTurnsHoldNobody() {
        check(stand -> {
            CountingHost host = new CountingHost(stand.kernel().host());
            FileHandler handler = new FileHandler(stand.kernel().files().folder());
            TestEndpoint server = serve(stand, host, handler, SMALL.withTransmits(2));
            byte[] content = FilePair.content(stand, FilePair.large(stand));
            Path file = stand.kernel().files().create("large", content);
            List<Peer> slow = new ArrayList<>();
            for (int i = 0; i < 2; i++) {
                slow.add(accept(server, i, file));
            }
            stand.await("both turns are taken", () -> host.counts().inFlight(OverlappedKind.TRANSMIT) == 2);
            // A system that has room yet goes on.
            long before;
            do {
                before = server.endpoint().counters().bytesSent();
                stand.kernel().pause(Duration.ofMillis(300));
            } while (server.endpoint().counters().bytesSent() != before);
            assertEquals(2, host.counts().inFlight(OverlappedKind.TRANSMIT));
            byte[] small = FilePair.content(stand, 40_000);
            Path other = stand.kernel().files().create("small", small);
            try (Peer peer = accept(server, 2, other)) {
                assertArrayEquals(small, peer.readFully(small.length));
            }
            assertEquals(2, host.counts().inFlight(OverlappedKind.TRANSMIT));
            for (Peer peer : slow) {
                assertArrayEquals(content, peer.readFully(content.length));
                peer.close();
            }
            server.awaitReleased(3);
            assertEquals(Collections.nCopies(3, Kind.COMPLETED), handler.kinds());
        });
    }

    /// Sends files to several peers at once, each of which takes its own.
    private static CountingHost sendAll(Stand stand, TransferOptions options) throws Exception {
        CountingHost host = new CountingHost(stand.kernel().host());
        FileHandler handler = new FileHandler(stand.kernel().files().folder());
        TestEndpoint server = serve(stand, host, handler, options);
        byte[] content = FilePair.content(stand, stand.isSimulated() ? 150_000 : 4 << 20);
        Path file = stand.kernel().files().create("file", content);
        List<Stand.Task> readers = new ArrayList<>();
        for (int i = 0; i < FILES; i++) {
            Peer peer = accept(server, i, file);
            readers.add(stand.fork("reader", () -> {
                assertArrayEquals(content, peer.readFully(content.length));
                peer.close();
            }));
        }
        readers.forEach(Stand.Task::await);
        server.awaitReleased(FILES);
        assertEquals(Collections.nCopies(FILES, Kind.COMPLETED), handler.kinds());
        return host;
    }

    private static TestEndpoint serve(Stand stand, CountingHost host, FileHandler handler, TransferOptions options)
            throws IOException {
        InetSocketAddress any = new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);
        return stand.start(
                host, EndpointOptions.server(any).maxConnections(8), handler, builder -> builder.fileTransfer(options));
    }

    /// Connects a peer that has accepted `file`, of which it has read nothing.
    private static Peer accept(TestEndpoint server, int number, Path file) throws IOException {
        Peer peer = server.connect();
        assertNotNull(server.awaitConnection(number).sendFile(file));
        WireFrames.read(peer);
        peer.write(WireFrames.encode(START));
        return peer;
    }
}
