package io.github.iocp4j;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.iocp4j.testing.CountedCall;
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
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.Test;

/// What is wrong in the article's own code, in ten numbers, and how it is to be: a test for each part.
///
/// Those of 6, 7, 9 (threads) and 10 are in classes of their own, where their methods are named likewise: of closes
/// and stale ids ([DisconnectContract]), of locks ([LockOrderContract]), of the job pool and the I/O workers, of
/// addresses and ids ([WideAddressContract]), of keys (in that of the port), and of shortages ([ShortageTest]).
abstract class ArticleDefectsContract extends EndpointContract {
    private static final int WSAECONNRESET = 10054;
    private static final int WSAEOPNOTSUPP = 10045;
    private static final int WSAENOBUFS = 10055;
    private static final TransferOptions FILES = TransferOptions.DEFAULT.withBuffers(4096, 32_768);

    ArticleDefectsContract(Kernels kernels) {
        super(kernels);
    }

    /// With more than one worker there was one read only: the order was not kept with more.
    @Test
    void defect1SeveralReadsArePendingWithSeveralWorkers() {
        check(stand -> {
            CountingHost host = new CountingHost(stand.kernel().host());
            TestEndpoint server = stand.start(host, server(), new Echo(), ArticleDefectsContract::severalReads);
            try (Peer _ = server.connect()) {
                stand.await("its reads", () -> host.counts().inFlight(OverlappedKind.RECEIVE) == 4);
            }
            server.awaitReleased(1);
            assertEquals(4, host.counts().mostOnOneSocket(OverlappedKind.RECEIVE));
        });
    }

    /// Two workers could take the same number, or number reads in another order than they made them.
    @Test
    void defect1NumbersAreTakenTogetherWithTheirReads() {
        check(stand -> echoInOrder(stand, 40, 300));
    }

    /// A buffer that waited for an earlier one was charged with the count of the one that came just then.
    @Test
    void defect1EachBufferKeepsItsOwnCount() {
        check(stand -> echoInOrder(stand, 12, 3_000));
    }

    private static void echoInOrder(Stand stand, int frames, int most) throws Exception {
        TestEndpoint server = stand.serve(new Echo(), ArticleDefectsContract::severalReads);
        try (Peer peer = server.connect()) {
            List<byte[]> payloads = new ArrayList<>();
            for (int i = 0; i < frames; i++) {
                payloads.add(WireFrames.random(stand.random(), stand.random().nextInt(most)));
            }
            Stand.Task writer = stand.fork(
                    "writer", () -> WireFrames.writeInPieces(peer, WireFrames.encode(payloads), stand.random(), 700));
            WireFrames.expect(peer, payloads);
            writer.await();
        }
        server.expectEnds(1, CloseReason.Kind.PEER_CLOSED);
    }

    /// With real reads beside it, a zero-byte read saves no page.
    @Test
    void defect2NoRealReadIsPendingBesideAZeroByteRead() {
        check(stand -> {
            CountingHost host = new CountingHost(stand.kernel().host());
            TestEndpoint server = serveOn(stand, host, ReadMode.ZERO_BYTE);
            try (Peer peer = server.connect()) {
                peer.write(WireFrames.encode(new byte[100]));
                WireFrames.expect(peer, new byte[100]);
                stand.await("the next read", () -> host.counts().inFlight(OverlappedKind.ZERO_BYTE_RECEIVE) == 1);
                assertEquals(0, host.counts().inFlight(OverlappedKind.RECEIVE));
                assertEquals(0, host.counts().mostOnOneSocket(OverlappedKind.RECEIVE));
            }
            server.awaitReleased(1);
        });
    }

    /// Nor where real reads give way to a zero-byte one, while memory is short.
    @Test
    void defect2ZeroByteReadWaitsForTheRealOnesInAShortage() {
        check(stand -> {
            FaultyHost shortHost = new FaultyHost(stand.kernel().host());
            CountingHost host = new CountingHost(shortHost);
            TestEndpoint server = stand.start(host, server(), new Echo(), ArticleDefectsContract::severalReads);
            try (Peer peer = server.connect()) {
                stand.await("its reads", () -> host.counts().inFlight(OverlappedKind.RECEIVE) == 4);
                for (int i = 0; i < 5; i++) {
                    shortHost.refuse("WSARecv", WSAENOBUFS, 1);
                    peer.write(WireFrames.encode(new byte[100]));
                    WireFrames.expect(peer, new byte[100]);
                }
            }
            server.awaitReleased(1);
            assertTrue(host.counts().refused(OverlappedKind.RECEIVE) > 0);
            assertEquals(0, host.counts().mixedReads());
        });
    }

    /// A zero-byte read while data waits is home at once: made again each time, it would spin.
    @Test
    void defect2ZeroByteReadsDontSpinWhileDataWaits() {
        check(stand -> {
            CountingHost host = new CountingHost(stand.kernel().host());
            TestEndpoint server = serveOn(stand, host, ReadMode.ZERO_BYTE);
            try (Peer peer = server.connect()) {
                Connection connection = server.awaitConnection(0);
                connection.pauseReading();
                stand.await("a read", () -> host.counts().inFlight(OverlappedKind.ZERO_BYTE_RECEIVE) == 1);
                long before = host.counts().calls(CountedCall.WSA_RECV_ZERO_BYTE);
                peer.write(WireFrames.encode(new byte[100]));
                stand.kernel().pause(Duration.ofMillis(100));
                long made = host.counts().calls(CountedCall.WSA_RECV_ZERO_BYTE) - before;
                assertTrue(made <= 1, () -> made + " zero-byte reads for data that nobody takes");
                connection.resumeReading();
                WireFrames.expect(peer, new byte[100]);
            }
            server.awaitReleased(1);
        });
    }

    /// WSAENOBUFS disconnected the client.
    @Test
    void defect2ShortageDisconnectsNobody() {
        check(stand -> {
            FaultyHost host = new FaultyHost(stand.kernel().host());
            TestEndpoint server = stand.start(host, server(), new Echo(), options -> options);
            try (Peer peer = server.connect()) {
                Connection connection = server.awaitConnection(0);
                host.refuse("WSARecv", WSAENOBUFS, 5);
                for (int i = 0; i < 10; i++) {
                    peer.write(WireFrames.encode(new byte[] {(byte) i}));
                    WireFrames.expect(peer, new byte[] {(byte) i});
                }
                assertTrue(connection.isOpen());
            }
            server.expectEnds(1, CloseReason.Kind.PEER_CLOSED);
        });
    }

    /// TransmitFile returns a BOOL, which was compared with SOCKET_ERROR: so no failure was ever seen.
    @Test
    void defect3RefusedTransmitFileIsSeen() {
        check(stand -> {
            FaultyHost host = new FaultyHost(stand.kernel().host());
            FileHandler sender = new FileHandler(stand.kernel().files().folder());
            FileHandler receiver = new FileHandler(stand.kernel().files().folder());
            TestEndpoint server = stand.serve(receiver, options -> options.fileTransfer(FILES));
            TestEndpoint client = stand.start(
                    host, EndpointOptions.client().maxConnections(4), sender, options -> options.fileTransfer(FILES));
            assertTrue(client.endpoint().connect(server.endpoint().localAddress(), null));
            boolean unsupported = stand.random().nextBoolean();
            host.refuse("TransmitFile", unsupported ? WSAEOPNOTSUPP : WSAECONNRESET, 1);
            byte[] content = FilePair.content(stand, 10_000);
            Path file = stand.kernel().files().create("file", content);
            assertNotNull(client.awaitConnection(0).sendFile(file));
            stand.await(
                    "its end",
                    () -> sender.ends().size() == 1 && receiver.ends().size() == 1);
            if (unsupported) {
                assertEquals(List.of(Kind.COMPLETED), sender.kinds());
                assertArrayEquals(
                        content,
                        stand.kernel()
                                .files()
                                .content(receiver.accepted().get(0).path()));
            } else {
                assertEquals(List.of(Kind.CONNECTION_LOST), sender.kinds());
                client.expectEnds(1, CloseReason.Kind.RESET);
            }
        });
    }

    /// Each file that was sent cost a buffer.
    @Test
    void defect3NoBufferIsLostByAFile() {
        check(stand -> expectNoBufferIsLost(stand, FILES));
        check(stand -> expectNoBufferIsLost(stand, FILES.withTransmits(TransferOptions.NEVER)));
    }

    private static void expectNoBufferIsLost(Stand stand, TransferOptions transfer) throws Exception {
        FilePair pair = FilePair.start(stand, transfer);
        Path file = stand.kernel().files().create("file", new byte[9_000]);
        for (int i = 1; i <= 3; i++) {
            stand.await("room for a file", () -> pair.near().sendFile(file) != null);
            pair.await(i);
        }
        // Pending reads have one each.
        EndpointOptions options = pair.client().options();
        int reads = options.readMode() == ReadMode.PENDING ? options.pendingReads() : 0;
        stand.await(
                "all buffers back",
                () -> pair.client().endpoint().counters().memory().buffersOut() <= reads
                        && pair.client().endpoint().counters().files().open() == 0);
    }

    /// A file that could not be opened left the connection in the mode in which all sends are refused.
    @Test
    void defect3SendsGoOnWhenAFileCantBeOpened() {
        check(stand -> {
            FilePair pair = FilePair.start(stand, FILES);
            assertNotNull(pair.near().sendFile(stand.kernel().files().folder().resolve("missing")));
            assertEquals(SendResult.QUEUED, pair.near().send(new byte[] {9}));
            pair.awaitSender(1);
            // The first may have gone before the file was looked for.
            assertEquals(SendResult.QUEUED, pair.near().send(new byte[] {10}));
            stand.await("the frames", () -> pair.receiver().frames().size() == 2);
            Path file = stand.kernel().files().create("file", new byte[5]);
            stand.await("room for a file", () -> pair.near().sendFile(file) != null);
            pair.awaitSender(2);
            assertEquals(
                    List.of(Kind.FILE_FAILED, Kind.COMPLETED), pair.sender().kinds());
        });
    }

    /// Sizes had 32 bits.
    @Test
    void defect3SizesHave64Bits() {
        check(stand -> {
            FilePair pair = FilePair.start(stand, FILES);
            List<Long> told = new CopyOnWriteArrayList<>();
            pair.receiver().decide((_, offer) -> {
                told.add(offer.sizeBytes());
                offer.decline();
            });
            List<Long> sizes = List.of((1L << 31) - 1, 1L << 31, (1L << 32) - 1, 1L << 32, (5L << 30) + 1);
            Path file = stand.kernel().files().create("file", new byte[0]);
            for (int i = 0; i < sizes.size(); i++) {
                stand.kernel().files().resize(file, sizes.get(i));
                stand.await("room for a file", () -> pair.near().sendFile(file) != null);
                pair.awaitSender(i + 1);
            }
            assertEquals(sizes, told);
        });
    }

    /// One TransmitFile was made for all of a file, and can't take more than 2^31 - 2 bytes.
    @Test
    void defect3LargeFileIsSentInParts() {
        check(stand -> {
            FilePair pair = FilePair.start(stand, FILES.withChunkBytes(64 << 10));
            Path file = stand.kernel().files().create("file", new byte[0]);
            stand.kernel().files().resize(file, (5L << 30) + 1);
            assertNotNull(pair.near().sendFile(file));
            stand.await(
                    "three parts",
                    () -> pair.client().endpoint().counters().files().transmits() >= 3);
            pair.near().abort();
            pair.client().awaitReleased(1);
            pair.server().awaitReleased(1);
            assertEquals(List.of(Kind.CONNECTION_LOST), pair.sender().kinds());
        });
    }

    /// What belongs to the file of a peer was counted in 32 bits too.
    @Test
    void defect3FileOfAPeerAbove4GiBTakesWhateverComes() {
        check(stand -> {
            FileHandler handler = new FileHandler(stand.kernel().files().folder());
            TestEndpoint server = stand.serve(handler, options -> options.fileTransfer(FILES));
            try (Peer peer = server.connect()) {
                // 4 GiB and 5 bytes.
                peer.write(WireFrames.encode(new byte[] {4, 5, 0, 0, 0, 1, 0, 0, 0, 'f', 0}));
                WireFrames.expect(peer, new byte[] {2});
                peer.write(WireFrames.encode(new byte[] {1}, new byte[] {1}));
                stand.await("it all", () -> handler.accepted().get(0).transferredBytes() == 10);
            }
            server.awaitReleased(1);
            assertEquals(List.of(Kind.CONNECTION_LOST), handler.kinds());
            assertEquals(List.of(), handler.frames());
        });
    }

    /// A frame of exactly the limit matched no branch, and its bytes were dropped without a word.
    @Test
    void defect4FrameOfExactlyTheLimitArrives() {
        check(stand -> {
            TestEndpoint server = stand.serve(new Echo(), options -> options.maxFrameBytes(512));
            try (Peer peer = server.connect()) {
                for (int size : new int[] {512, 511, 512}) {
                    byte[] payload = WireFrames.random(stand.random(), size);
                    WireFrames.writeInPieces(peer, WireFrames.encode(payload), stand.random(), 200);
                    WireFrames.expect(peer, payload);
                }
            }
            server.expectEnds(1, CloseReason.Kind.PEER_CLOSED);
        });
    }

    /// One a little below it was taken as long as it was not whole, and banned then.
    @Test
    void defect4FramesJustBelowTheLimitArriveInPieces() {
        check(stand -> {
            TestEndpoint server = stand.serve(new Echo(), options -> options.maxFrameBytes(512));
            try (Peer peer = server.connect()) {
                for (int size = 508; size <= 512; size++) {
                    byte[] payload = WireFrames.random(stand.random(), size);
                    byte[] wire = WireFrames.encode(payload);
                    int cut = 1 + stand.random().nextInt(wire.length - 1);
                    peer.write(wire, 0, cut);
                    stand.kernel().pause(Duration.ofMillis(1));
                    peer.write(wire, cut, wire.length - cut);
                    WireFrames.expect(peer, payload);
                }
            }
            server.expectEnds(1, CloseReason.Kind.PEER_CLOSED);
        });
    }

    /// The exits on an error gave back a count that had not been taken.
    @Test
    void defect5CountsAreRightWhenTheFirstReadFails() {
        check(stand -> {
            FaultyHost host = new FaultyHost(stand.kernel().host());
            TestEndpoint server = stand.start(host, server(), new Echo(), options -> options);
            host.refuse("WSARecv", WSAECONNRESET, 1);
            Peer peer = server.connect();
            server.expectEnds(1, CloseReason.Kind.RESET);
            Stand.closeQuietly(peer);
            assertEquals(0, server.endpoint().counters().connections().pendingIo());
            try (Peer next = server.connect()) {
                next.write(WireFrames.encode(new byte[] {1}));
                WireFrames.expect(next, new byte[] {1});
            }
            server.awaitReleased(2);
        });
    }

    /// Also one that failed before any count was taken.
    @Test
    void defect5ConnectionThatCantBeBegunGivesNoCountBack() {
        check(stand -> {
            FaultyHost host = new FaultyHost(stand.kernel().host());
            TestEndpoint server = stand.start(host, server(), new Echo(), options -> options);
            host.refuse("ioctlsocket", WSAENOBUFS, 1);
            Peer peer = server.connect();
            stand.expectReset(peer);
            Stand.closeQuietly(peer);
            stand.await(
                    "the count",
                    () -> server.endpoint().counters().connections().acceptsFailed() == 1);
            assertEquals(0, server.endpoint().counters().connections().pendingIo());
            try (Peer next = server.connect()) {
                next.write(WireFrames.encode(new byte[] {1}));
                WireFrames.expect(next, new byte[] {1});
            }
            server.awaitReleased(1);
        });
    }

    /// A read that was posted while the server shut down gave its count back to nobody.
    @Test
    void defect5ReadsDuringAShutdownGiveTheirCountsBack() {
        check(stand -> {
            TestEndpoint server = stand.serve(new Echo(), options -> options.dispatch(Dispatch.POSTED));
            List<Peer> peers = new ArrayList<>();
            for (int i = 0; i < 3; i++) {
                peers.add(server.connect());
            }
            server.awaitConnection(2);
            Stand.Task writer = stand.fork("writer", () -> {
                for (Peer peer : peers) {
                    try {
                        peer.write(WireFrames.encode(new byte[300], new byte[300]));
                    } catch (IOException _) {
                        // The server may have gone first.
                    }
                }
            });
            server.endpoint().close(Duration.ZERO);
            writer.await();
            server.awaitReleased(3);
            assertTrue(
                    server.endpoint().counters().isQuiescent(),
                    () -> server.endpoint().counters().toString());
            peers.forEach(Stand::closeQuietly);
        });
    }

    /// The peer's name of a file was appended to a folder as it was.
    @Test
    void defect8NameOfAPeerIsNoPath() {
        check(stand -> {
            FileHandler handler = new FileHandler(stand.kernel().files().folder());
            TestEndpoint server = stand.serve(handler, options -> options.fileTransfer(FILES));
            try (Peer peer = server.connect()) {
                byte[] offer = {1, 1, 0, 0, 0, '.', '.', '/', 'x', 0};
                peer.write(WireFrames.encode(offer));
                WireFrames.expect(peer, new byte[] {3});
            }
            server.awaitReleased(1);
            assertEquals(0, handler.offers());
        });
    }

    /// A name was read up to a NUL that the peer may not have sent.
    @Test
    void defect8NameWithoutAnEndIsNotReadBeyondItsFrame() {
        check(stand -> {
            FileHandler handler = new FileHandler(stand.kernel().files().folder());
            TestEndpoint server = stand.serve(handler, options -> options.fileTransfer(FILES));
            try (Peer peer = server.connect()) {
                // What follows in the same buffer would end it.
                byte[] offer = {1, 1, 0, 0, 0, 'x', 'y'};
                byte[] text = {0, 'z', 0};
                peer.write(WireFrames.encode(offer, text));
                WireFrames.expect(peer, new byte[] {3});
                stand.await("the text", () -> handler.frames().size() == 1);
            }
            server.awaitReleased(1);
            assertEquals(0, handler.offers());
        });
    }

    /// Buffers were freed while the system could still write to them.
    @Test
    void defect9MemoryOfOperationsInFlightIsNotFreed() {
        check(stand -> {
            TestEndpoint server = stand.serve(
                    new Echo(), options -> options.readMode(ReadMode.PENDING).pendingReads(4));
            List<Peer> peers = new ArrayList<>();
            for (int i = 0; i < 3; i++) {
                Peer peer = server.connect();
                peers.add(peer);
                peer.write(WireFrames.encode(new byte[20_000]));
            }
            server.awaitConnection(2);
            // The simulated kernel fails the run when memory goes that it owns.
            server.endpoint().close(Duration.ZERO);
            assertEquals(0, server.endpoint().counters().memory().operationsTaken());
            assertEquals(0, server.endpoint().counters().memory().buffersOut());
            peers.forEach(Stand::closeQuietly);
        });
    }

    private static TestEndpoint serveOn(Stand stand, CountingHost host, ReadMode mode) throws Exception {
        return stand.start(host, server(), new Echo(), options -> options.readMode(mode));
    }

    private static EndpointOptions.Builder severalReads(EndpointOptions.Builder options) {
        return options.readMode(ReadMode.PENDING).pendingReads(4).ioWorkers(4);
    }

    private static EndpointOptions.Builder server() {
        return EndpointOptions.server(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0))
                .maxConnections(8)
                .pendingAccepts(2);
    }
}
