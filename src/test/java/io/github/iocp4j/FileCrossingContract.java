package io.github.iocp4j;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.iocp4j.testing.Peer;
import io.github.iocp4j.transfer.FileOffer;
import io.github.iocp4j.transfer.FileTransfer;
import io.github.iocp4j.transfer.TransferOptions;
import io.github.iocp4j.transfer.TransferOutcome.Kind;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;

/// Offers, answers, closes and limits that meet each other on the way.
abstract class FileCrossingContract extends EndpointContract {
    private static final int WSAETIMEDOUT = 10060;
    private static final int FRAME_BYTES = 20_000;
    private static final byte[] START = {2};
    static final byte[] ABORT = {3};
    private static final byte[] TEXT = {0, 'x', 0};

    /// Of the files here: a name of one letter, and 5 bytes.
    static final byte[] OURS = {1, 5, 0, 0, 0, 'o', 0};

    static final TransferOptions SMALL = TransferOptions.DEFAULT.withBuffers(4096, 32_768);
    private static final Duration LONG = Duration.ofMinutes(1);

    FileCrossingContract(Kernels kernels) {
        super(kernels);
    }

    /// A part of the peer's file is being written, more of it has arrived, and the close waits for the peer's word on
    /// a file of ours.
    @Test
    void closeLeavesThePartAloneThatIsBeingWritten() {
        check(stand -> {
            FileHandler handler = handler(stand);
            TestEndpoint server = stand.serve(handler, builder -> builder.fileTransfer(SMALL));
            int size = 120_000;
            try (Peer peer = server.connect()) {
                peer.write(WireFrames.encode(new byte[] {1, (byte) size, (byte) (size >> 8), 1, 0, 't', 0}));
                WireFrames.expect(peer, START);
                Connection connection = server.awaitConnection(0);
                assertNotNull(connection.sendFile(ours(stand)));
                WireFrames.expect(peer, OURS);
                Stand.Task writer = stand.fork("writer", () -> {
                    peer.write(new byte[size]);
                    peer.write(WireFrames.encode(ABORT));
                });
                int some = stand.random().nextInt(40_000);
                stand.await("some of it", () -> handler.accepted().get(0).transferredBytes() >= some);
                connection.close();
                writer.await();
                WireFrames.expectEnd(peer);
            }
            server.expectEnds(1, CloseReason.Kind.CLOSED);
            assertEquals(2, handler.ends().size());
            assertTrue(handler.kinds().contains(Kind.DECLINED));
            assertEquals(List.of("o"), stand.kernel().files().names());
        });
    }

    /// It stands behind frames that the peer takes its time for.
    @Test
    void offerThatWasNotOutInTimeHoldsNothing() {
        check(stand -> {
            FileHandler handler = handler(stand);
            Duration limit = Duration.ofMillis(100);
            TestEndpoint server = stand.serve(
                    handler,
                    builder ->
                            builder.fileTransfer(SMALL.withOfferTimeout(limit)).sendHighMarkBytes(1 << 20));
            try (Peer peer = server.connect()) {
                Connection connection = server.awaitConnection(0);
                int frames = fill(server, connection);
                assertNotNull(connection.sendFile(ours(stand)));
                stand.await("its end", () -> handler.ends().size() == 1);
                assertEquals(List.of(Kind.UNANSWERED), handler.kinds());
                stand.kernel().pause(limit.multipliedBy(3));
                expectFrames(peer, frames);
                sendText(stand, connection);
                expectText(stand, peer);
            }
            server.expectEnds(1, CloseReason.Kind.PEER_CLOSED);
        });
    }

    /// Its answer can't come any more.
    @Test
    void framesBehindAnOfferGoOutWhenThePeerHasEndedItsStream() {
        check(stand -> {
            FileHandler handler = handler(stand);
            TestEndpoint server = stand.serve(
                    handler,
                    builder -> builder.fileTransfer(SMALL).closeTimeout(LONG).sendHighMarkBytes(1 << 20));
            try (Peer peer = server.connect()) {
                Connection connection = server.awaitConnection(0);
                int frames = fill(server, connection);
                assertNotNull(connection.sendFile(ours(stand)));
                sendText(stand, connection);
                peer.shutdownOutput();
                stand.await("its end", () -> handler.ends().size() == 1);
                expectFrames(peer, frames);
                byte[] text = WireFrames.encode(TEXT);
                byte[] all = readToEnd(peer);
                // Where the system had room, the offer was made, and opening its file took longer than the text or not.
                int offers = stand.isSimulated() ? 0 : (all.length - text.length) / WireFrames.encode(OURS).length;
                assertEquals(text.length + offers * WireFrames.encode(OURS).length, all.length);
            }
            server.expectEnds(1, CloseReason.Kind.PEER_CLOSED);
            assertEquals(List.of(Kind.CONNECTION_LOST), handler.kinds());
        });
    }

    /// The peer has kept to the protocol.
    @Test
    void startThatCrossesTheEndOfOurWaitIsNotThePeersFault() {
        check(stand -> {
            FileHandler handler = handler(stand);
            TestEndpoint server = stand.serve(
                    handler, builder -> builder.fileTransfer(SMALL.withOfferTimeout(Duration.ofMillis(100))));
            try (Peer peer = server.connect()) {
                assertNotNull(server.awaitConnection(0).sendFile(ours(stand)));
                WireFrames.expect(peer, OURS);
                stand.await("its end", () -> handler.ends().size() == 1);
                stand.kernel().pause(Duration.ofMillis(stand.random().nextInt(200)));
                peer.write(WireFrames.encode(START));
                stand.expectReset(peer);
            }
            server.expectEnds(1, CloseReason.Kind.FILE_ABORTED);
            assertEquals(List.of(Kind.UNANSWERED), handler.kinds());
        });
    }

    /// Nothing else would end it before the time for the close is over.
    @Test
    void abortDuringACloseEndsAtOnce() {
        check(stand -> {
            FilePair pair =
                    FilePair.start(stand, builder -> builder.fileTransfer(SMALL).closeTimeout(LONG));
            pair.receiver().decide((connection, offer) -> {
                FileTransfer _ = pair.receiver().accept(offer);
                connection.pauseReading();
            });
            FileTransfer file =
                    pair.near().sendFile(stand.kernel().files().create("file", new byte[FilePair.large(stand)]));
            assertNotNull(file);
            stand.await(
                    "its beginning",
                    () -> pair.client().endpoint().counters().files().transmits() > 0);
            pair.near().close();
            stand.kernel().pause(Duration.ofMillis(50));
            Duration took = stand.time(() -> {
                file.abort();
                pair.client().awaitReleased(1);
            });
            stand.expectWithin(Duration.ofSeconds(5), took);
            assertEquals(List.of(Kind.ABORTED), pair.sender().kinds());
            pair.far().resumeReading();
            pair.server().awaitReleased(1);
        });
    }

    /// Each has accepted the other's file; whose answer is still to come sends nothing of its own before.
    @Test
    void peerThatWaitsForOurAnswerIsNotCut() {
        checkLong(stand -> {
            Duration limit = Duration.ofMillis(300);
            FileHandler handler = handler(stand);
            TestEndpoint server =
                    stand.serve(handler, builder -> builder.fileTransfer(SMALL).frameTimeout(limit));
            try (Peer peer = server.connect()) {
                assertNotNull(server.awaitConnection(0).sendFile(ours(stand)));
                WireFrames.expect(peer, OURS);
                peer.write(WireFrames.encode(new byte[] {1, 3, 0, 0, 0, 't', 0}));
                WireFrames.expect(peer, START);
                // Here its user thinks about our offer, which it answers first.
                stand.kernel().pause(limit.multipliedBy(3));
                peer.write(WireFrames.encode(ABORT));
                peer.write(new byte[] {1, 2, 3});
                stand.await("both ends", () -> handler.ends().size() == 2);
            }
            server.expectEnds(1, CloseReason.Kind.PEER_CLOSED);
            assertTrue(handler.kinds().contains(Kind.COMPLETED));
        });
    }

    /// The network is what failed, not the file.
    @Test
    void transmitThatTheNetworkFailsLosesTheConnection() {
        check(stand -> {
            FaultyHost host = new FaultyHost(stand.kernel().host());
            FileHandler receiver = handler(stand);
            FileHandler sender = handler(stand);
            TestEndpoint server = stand.serve(receiver, builder -> builder.fileTransfer(SMALL));
            TestEndpoint client = stand.start(
                    host, EndpointOptions.client().maxConnections(4), sender, builder -> builder.fileTransfer(SMALL));
            assertTrue(client.endpoint().connect(server.endpoint().localAddress(), null));
            host.refuse("TransmitFile", WSAETIMEDOUT, 1);
            assertNotNull(client.awaitConnection(0).sendFile(ours(stand)));
            client.expectEnds(1, CloseReason.Kind.FAILED);
            assertEquals(List.of(Kind.CONNECTION_LOST), sender.kinds());
            server.awaitReleased(1);
        });
    }

    /// Two threads accept at the same moment.
    @Test
    void firstAnswerToAnOfferHolds() {
        check(stand -> {
            FilePair pair = FilePair.start(stand, SMALL);
            AtomicReference<FileOffer> kept = new AtomicReference<>();
            pair.receiver().decide((_, offer) -> kept.set(offer));
            assertNotNull(pair.near().sendFile(ours(stand)));
            stand.await("the offer", () -> kept.get() != null);
            Path folder = stand.kernel().files().folder();
            List<Path> paths = List.of(folder.resolve("first"), folder.resolve("second"));
            AtomicReference<Path> taken = new AtomicReference<>();
            List<Stand.Task> tasks = paths.stream()
                    .map(path -> stand.fork("accepts", () -> {
                        FileTransfer file = kept.get().accept(path);
                        if (file != null) {
                            assertNull(taken.getAndSet(path), "both were taken");
                            assertEquals(path, file.path());
                        }
                    }))
                    .toList();
            tasks.forEach(Stand.Task::await);
            pair.await(1);
            assertEquals(List.of(Kind.COMPLETED), pair.receiver().kinds());
            assertEquals(
                    Set.of(String.valueOf(taken.get().getFileName()), "o"),
                    Set.copyOf(stand.kernel().files().names()));
        });
    }

    /// Buffers for parts of files are pinned by a peer that has stopped reading: it goes before others wait for it.
    @Test
    void stalledPeerDoesNotKeepTheBuffersOfFiles() {
        checkLong(stand -> {
            TransferOptions few =
                    TransferOptions.DEFAULT.withBuffers(4096, 4 * 4096).withTransmits(0);
            FileHandler handler = handler(stand);
            TestEndpoint server = stand.serve(
                    handler, builder -> builder.fileTransfer(few).writeStallTimeout(Duration.ofSeconds(20)));
            Path large = stand.kernel().files().create("l", new byte[FilePair.large(stand)]);
            Peer stalled = server.connect();
            assertNotNull(server.awaitConnection(0).sendFile(large));
            WireFrames.read(stalled);
            stalled.write(WireFrames.encode(START));
            stand.kernel().pause(Duration.ofMillis(500));
            try (Peer peer = server.connect()) {
                Duration took = stand.time(() -> {
                    assertNotNull(server.awaitConnection(1).sendFile(ours(stand)));
                    WireFrames.expect(peer, OURS);
                    peer.write(WireFrames.encode(START));
                    assertArrayEquals(new byte[5], peer.readFully(5));
                });
                stand.expectWithin(Duration.ofSeconds(10), took);
            }
            Stand.closeQuietly(stalled);
            server.awaitReleased(2);
        });
    }

    /// The rest follows all the same: nothing else could end it.
    @Test
    void abortByThePeerInTheMiddleOfOurFileIsTold() {
        check(stand -> {
            FileHandler handler = handler(stand);
            TestEndpoint server = stand.serve(handler, builder -> builder.fileTransfer(SMALL));
            byte[] content = FilePair.content(stand, stand.isSimulated() ? 60_000 : 24 << 20);
            try (Peer peer = server.connect()) {
                assertNotNull(server.awaitConnection(0)
                        .sendFile(stand.kernel().files().create("l", content)));
                WireFrames.read(peer);
                peer.write(WireFrames.encode(START, ABORT));
                stand.await("the abort", () -> server.endpoint().counters().bytesReceived() == 10);
                assertArrayEquals(content, peer.readFully(content.length));
                stand.await("its end", () -> handler.ends().size() == 1);
            }
            server.expectEnds(1, CloseReason.Kind.PEER_CLOSED);
            assertEquals(List.of(Kind.ABORTED_BY_PEER), handler.kinds());
        });
    }

    /// What it is answered with waits behind our offer, and must not fill the memory that others need.
    @Test
    void peerThatFloodsInPlaceOfAnAnswerIsHeldUp() {
        check(stand -> {
            Echo handler = new Echo();
            TestEndpoint server = stand.serve(
                    handler,
                    builder -> builder.fileTransfer(SMALL.withOfferTimeout(Duration.ofMillis(300)))
                            .maxFrameBytes(1000)
                            .sendHighMarkBytes(4000));
            long limit = server.options().sendLimitBytes();
            int frames = 2000;
            try (Peer peer = server.connect()) {
                Connection connection = server.awaitConnection(0);
                assertNotNull(connection.sendFile(ours(stand)));
                WireFrames.expect(peer, OURS);
                Stand.Task writer = stand.fork("writer", () -> {
                    for (int i = 0; i < frames; i++) {
                        peer.write(WireFrames.encode(new byte[] {0, (byte) i}));
                    }
                });
                for (int i = 0; i < 10; i++) {
                    stand.kernel().pause(Duration.ofMillis(20));
                    long queued = server.endpoint().counters().memory().sendBytes();
                    assertTrue(queued <= limit + 2000, () -> queued + " bytes wait, with a limit of " + limit);
                }
                for (int i = 0; i < frames; i++) {
                    WireFrames.expect(peer, new byte[] {0, (byte) i});
                }
                writer.await();
                assertEquals(0, server.endpoint().counters().traffic().sendsRefused());
            }
            server.expectEnds(1, CloseReason.Kind.PEER_CLOSED);
        });
    }

    /// Nobody sends anything for the frames that a close reads to find the answer.
    @Test
    void closeFindsTheAnswerBehindAFlood() {
        check(stand -> {
            TestEndpoint server = stand.serve(
                    new Echo(),
                    builder -> builder.fileTransfer(SMALL)
                            .closeTimeout(LONG)
                            .maxFrameBytes(1000)
                            .sendHighMarkBytes(4000));
            try (Peer peer = server.connect()) {
                Connection connection = server.awaitConnection(0);
                assertNotNull(connection.sendFile(ours(stand)));
                WireFrames.expect(peer, OURS);
                Stand.Task writer = stand.fork("writer", () -> {
                    for (int i = 0; i < 200; i++) {
                        peer.write(WireFrames.encode(new byte[] {0, (byte) i}));
                    }
                    peer.write(WireFrames.encode(ABORT));
                });
                long limit = server.options().sendLimitBytes();
                stand.await(
                        "a full queue",
                        () -> server.endpoint().counters().memory().sendBytes() > limit);
                connection.close();
                writer.await();
                int echoes = readToEnd(peer).length / WireFrames.encode(new byte[2]).length;
                assertEquals(server.endpoint().counters().framesSent(), echoes);
            }
            server.expectEnds(1, CloseReason.Kind.CLOSED);
        });
    }

    /// The one before has come to nothing, and its partial file is being deleted.
    @Test
    void nextOfferIsTakenWhileAFileIsPutAway() {
        check(stand -> {
            FileHandler handler = handler(stand);
            stand.kernel().files().create("1-t", new byte[3]);
            stand.kernel().files().create("2-t", new byte[3]);
            byte[] theirs = {1, 5, 0, 0, 0, 't', 0};
            TestEndpoint server = stand.serve(handler, builder -> builder.fileTransfer(SMALL));
            try (Peer peer = server.connect()) {
                for (int i = 0; i < 2; i++) {
                    peer.write(WireFrames.encode(theirs));
                    WireFrames.expect(peer, ABORT);
                }
                peer.write(WireFrames.encode(theirs));
                WireFrames.expect(peer, START);
                peer.write(new byte[] {1, 2, 3, 4, 5});
                stand.await("all ends", () -> handler.ends().size() == 3);
            }
            server.expectEnds(1, CloseReason.Kind.PEER_CLOSED);
            assertEquals(List.of(Kind.FILE_FAILED, Kind.FILE_FAILED, Kind.COMPLETED), handler.kinds());
        });
    }

    /// Nor does a part that can't be written stand in the way of what has come behind it.
    @Test
    void offerBehindAFileThatCantBeWrittenIsTaken() {
        check(stand -> {
            FileHandler handler = handler(stand);
            TestEndpoint server = stand.serve(handler, builder -> builder.fileTransfer(SMALL));
            if (!stand.kernel().files().limitDisk(3)) {
                return;
            }
            byte[] theirs = {1, 5, 0, 0, 0, 't', 0};
            byte[] next = {1, 0, 0, 0, 0, 'e', 0};
            try (Peer peer = server.connect()) {
                peer.write(WireFrames.encode(theirs));
                WireFrames.expect(peer, START);
                peer.write(new byte[] {1, 2, 3, 4, 5});
                peer.write(WireFrames.encode(next));
                WireFrames.expect(peer, START);
                stand.await("both ends", () -> handler.ends().size() == 2);
            }
            server.expectEnds(1, CloseReason.Kind.PEER_CLOSED);
            assertEquals(List.of(Kind.FILE_FAILED, Kind.COMPLETED), handler.kinds());
        });
    }

    /// Where the test says what the system takes, sends until two sends are in flight that the peer lets wait: what
    /// is added stays where it is.
    ///
    /// @return how many frames
    static int fill(TestEndpoint server, Connection connection) {
        if (!server.stand().isSimulated()) {
            // Wine ends a send that waits, as a success with 0 bytes, when the peer ends its stream.
            return 0;
        }
        // The first may take all that there is, the second one what comes then.
        int frames = 0;
        for (int round = 0; round < 3; round++) {
            for (int i = 0; i < 10; i++) {
                assertEquals(SendResult.QUEUED, connection.send(new byte[FRAME_BYTES]));
                frames++;
            }
            server.stand().kernel().pause(Duration.ofMillis(1));
        }
        return frames;
    }

    static void expectFrames(Peer peer, int frames) throws IOException {
        for (int i = 0; i < frames; i++) {
            assertEquals(FRAME_BYTES, WireFrames.read(peer).length);
        }
    }

    private static byte[] readToEnd(Peer peer) throws IOException {
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        byte[] bytes = new byte[100];
        for (int count = peer.read(bytes); count > 0; count = peer.read(bytes)) {
            all.write(bytes, 0, count);
        }
        return all.toByteArray();
    }

    static void sendText(Stand stand, Connection connection) {
        stand.await("room", () -> {
            SendResult result = connection.send(TEXT);
            return result == SendResult.QUEUED || result == SendResult.ABOVE_MARK;
        });
    }

    /// The text is next, or, where the system had room for the offer, that and then the text.
    static void expectText(Stand stand, Peer peer) throws IOException {
        byte[] next = WireFrames.read(peer);
        boolean wasMade = !stand.isSimulated() && Arrays.equals(OURS, next);
        assertArrayEquals(TEXT, wasMade ? WireFrames.read(peer) : next);
    }

    static Path ours(Stand stand) {
        return stand.kernel().files().create("o", new byte[5]);
    }

    static FileHandler handler(Stand stand) {
        return new FileHandler(stand.kernel().files().folder());
    }
}
