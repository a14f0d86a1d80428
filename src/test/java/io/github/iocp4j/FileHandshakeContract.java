package io.github.iocp4j;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.iocp4j.testing.Peer;
import io.github.iocp4j.transfer.FileOffer;
import io.github.iocp4j.transfer.TransferOptions;
import io.github.iocp4j.transfer.TransferOutcome.Kind;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;

/// The frames of file transfer, byte by byte, with peers that keep to the rules and others that don't.
abstract class FileHandshakeContract extends EndpointContract {
    private static final byte[] START = {2};
    private static final byte[] ABORT = {3};
    private static final byte[] TEXT = {0, 'x', 0};
    private static final TransferOptions SMALL = TransferOptions.DEFAULT.withBuffers(4096, 32_768);

    FileHandshakeContract(Kernels kernels) {
        super(kernels);
    }

    @Test
    void offersAreThoseOfTheArticle() {
        check(stand -> {
            TestEndpoint server = serve(stand, handler(stand), SMALL);
            Path file = stand.kernel().files().create("n\u00e4me", new byte[259]);
            try (Peer peer = server.connect()) {
                assertNotNull(server.awaitConnection(0).sendFile(file));
                WireFrames.expect(peer, offer("n\u00e4me", 259));
                peer.write(WireFrames.encode(START));
                assertArrayEquals(new byte[259], peer.readFully(259));
                peer.write(WireFrames.encode(TEXT));
            }
            server.awaitReleased(1);
        });
    }

    @Test
    void fileOf4GiBHasAnOfferOfItsOwn() {
        check(stand -> {
            FileHandler handler = handler(stand);
            TestEndpoint server = serve(stand, handler, SMALL);
            Path file = stand.kernel().files().create("large", new byte[0]);
            stand.kernel().files().resize(file, 1L << 32);
            try (Peer peer = server.connect()) {
                assertNotNull(server.awaitConnection(0).sendFile(file));
                byte[] expected = {4, 0, 0, 0, 0, 1, 0, 0, 0, 'l', 'a', 'r', 'g', 'e', 0};
                WireFrames.expect(peer, expected);
                peer.write(WireFrames.encode(ABORT));
                stand.await("its end", () -> handler.ends().size() == 1);
                peer.write(WireFrames.encode(new byte[] {4, 5, 0, 0, 0, 0, 0, 0, 0, 'f', 0}));
                WireFrames.expect(peer, START);
                peer.write(new byte[] {1, 2, 3, 4, 5});
                stand.await("the other's end", () -> handler.ends().size() == 2);
            }
            assertEquals(List.of(Kind.DECLINED, Kind.COMPLETED), handler.kinds());
            server.awaitReleased(1);
        });
    }

    /// The peer's name for a file is only a name.
    @Test
    void unsafeNamesAreDeclinedBeforeAnybodyHearsOfThem() {
        List<String> names = List.of(
                "",
                ".",
                "..",
                "../x",
                "..\\x",
                "a/b",
                "a\\b",
                "/etc/passwd",
                "\\\\server\\share",
                "C:x",
                "C:\\x",
                "file:stream",
                "nul",
                "CON.txt",
                "com1",
                "LPT9.log",
                "aux .c",
                "CONIN$",
                "x.",
                "x ",
                "a\tb",
                "a\u0001",
                "a*b",
                "a?b",
                "a\"b",
                "a<b",
                "a|b",
                "x".repeat(256),
                "COM\u00b9");
        check(stand -> {
            FileHandler handler = handler(stand);
            TestEndpoint server = serve(stand, handler, SMALL);
            try (Peer peer = server.connect()) {
                for (String name : names) {
                    peer.write(WireFrames.encode(offer(name, 3)));
                    WireFrames.expect(peer, ABORT);
                }
                peer.write(WireFrames.encode(offer("fine", 3)));
                WireFrames.expect(peer, START);
                peer.write(new byte[] {1, 2, 3});
                stand.await("the one that is fine", () -> handler.ends().size() == 1);
            }
            assertEquals(1, handler.offers());
            assertEquals(names.size(), server.endpoint().counters().files().declined());
            assertEquals(List.of("1-fine"), stand.kernel().files().names());
            server.awaitReleased(1);
        });
    }

    @Test
    void offersWithoutSizeOrNameAreDeclined() {
        check(stand -> {
            FileHandler handler = handler(stand);
            TestEndpoint server = serve(stand, handler, SMALL);
            byte[][] offers = {
                {1},
                {1, 0, 0},
                {1, 0, 0, 0, 0},
                {1, 0, 0, 0, 0, 'x'},
                {1, 0, 0, 0, 0, (byte) 0xff, 0},
                {4, 1, 1, 1},
                {4, -1, -1, -1, -1, -1, -1, -1, -1, 'x', 0}
            };
            try (Peer peer = server.connect()) {
                for (byte[] each : offers) {
                    peer.write(WireFrames.encode(each));
                    WireFrames.expect(peer, ABORT);
                }
            }
            assertEquals(0, handler.offers());
            server.awaitReleased(1);
        });
    }

    @Test
    void startOfAFileThatIsNotOfferedEndsTheConnection() {
        check(stand -> {
            TestEndpoint server = serve(stand, handler(stand), SMALL);
            try (Peer peer = server.connect()) {
                peer.write(WireFrames.encode(START));
                stand.expectReset(peer);
            }
            server.expectEnds(1, CloseReason.Kind.FRAME_INVALID);
        });
    }

    @Test
    void abortOfAFileThatIsNotOfferedIsNothing() {
        check(stand -> {
            TestEndpoint server = serve(stand, new Echoing(stand), SMALL);
            try (Peer peer = server.connect()) {
                peer.write(WireFrames.encode(ABORT, TEXT));
                WireFrames.expect(peer, TEXT);
            }
            server.expectEnds(1, CloseReason.Kind.PEER_CLOSED);
        });
    }

    /// A peer that has never heard of files keeps its connection, and what it is sent waits for a while.
    @Test
    void offerNeverAnsweredEndsAndFramesGoOn() {
        check(stand -> {
            FileHandler handler = new Echoing(stand);
            TestEndpoint server = serve(stand, handler, SMALL.withOfferTimeout(Duration.ofMillis(150)));
            Path file = stand.kernel().files().create("file", new byte[10]);
            try (Peer peer = server.connect()) {
                assertNotNull(server.awaitConnection(0).sendFile(file));
                WireFrames.expect(peer, offer("file", 10));
                peer.write(WireFrames.encode(TEXT));
                WireFrames.expect(peer, TEXT);
                stand.await("its end", () -> handler.ends().size() == 1);
                assertEquals(List.of(Kind.UNANSWERED), handler.kinds());
                stand.await(
                        "room for another file", () -> server.awaitConnection(0).sendFile(file) != null);
                WireFrames.expect(peer, offer("file", 10));
                peer.write(WireFrames.encode(START));
                peer.readFully(10);
            }
            server.awaitReleased(1);
        });
    }

    /// Both have offered; the peer accepts ours first, and answers before its file's bytes.
    @Test
    void answerToOurOfferComesBeforeTheBytesOfThePeersFile() {
        check(stand -> {
            FileHandler handler = handler(stand);
            TestEndpoint server = serve(stand, handler, SMALL);
            Path file = stand.kernel().files().create("ours", new byte[] {7, 7, 7});
            try (Peer peer = server.connect()) {
                assertNotNull(server.awaitConnection(0).sendFile(file));
                WireFrames.expect(peer, offer("ours", 3));
                peer.write(WireFrames.encode(offer("theirs", 5)));
                WireFrames.expect(peer, START);
                boolean wanted = stand.random().nextBoolean();
                peer.write(WireFrames.encode(wanted ? START : ABORT));
                // They look like frames, and are none.
                peer.write(new byte[] {1, 0, 0, 0, 3});
                if (wanted) {
                    assertArrayEquals(new byte[] {7, 7, 7}, peer.readFully(3));
                }
                stand.await("both ends", () -> handler.ends().size() == 2);
            }
            assertArrayEquals(
                    new byte[] {1, 0, 0, 0, 3},
                    stand.kernel().files().content(handler.accepted().get(0).path()));
            server.awaitReleased(1);
        });
    }

    /// The peer's offer came before its answer to ours: it is answered before our file's bytes.
    @Test
    void peersOfferIsAnsweredBeforeOurFileBegins() {
        check(stand -> {
            FileHandler handler = handler(stand);
            AtomicReference<FileOffer> kept = new AtomicReference<>();
            handler.decide((_, offer) -> kept.set(offer));
            TestEndpoint server = serve(stand, handler, SMALL);
            Path file = stand.kernel().files().create("ours", new byte[] {7, 7, 7});
            try (Peer peer = server.connect()) {
                assertNotNull(server.awaitConnection(0).sendFile(file));
                WireFrames.expect(peer, offer("ours", 3));
                peer.write(WireFrames.encode(offer("theirs", 1), START));
                stand.await("the offer", () -> kept.get() != null);
                stand.kernel().pause(Duration.ofMillis(20));
                assertNotNull(handler.accept(kept.get()));
                WireFrames.expect(peer, START);
                assertArrayEquals(new byte[] {7, 7, 7}, peer.readFully(3));
                peer.write(new byte[] {9});
                stand.await("both ends", () -> handler.ends().size() == 2);
            }
            server.awaitReleased(1);
        });
    }

    /// An offer that comes while a file of ours is being sent is answered behind it.
    @Test
    void answersWaitForTheEndOfAFile() {
        check(stand -> {
            FileHandler handler = handler(stand);
            TestEndpoint server = serve(stand, handler, SMALL);
            byte[] content = FilePair.content(stand, stand.isSimulated() ? 30_000 : 8 << 20);
            Path file = stand.kernel().files().create("ours", content);
            try (Peer peer = server.connect()) {
                assertNotNull(server.awaitConnection(0).sendFile(file));
                WireFrames.expect(peer, offer("ours", content.length));
                peer.write(WireFrames.encode(START));
                peer.write(WireFrames.encode(offer("../unsafe", 1)));
                assertArrayEquals(content, peer.readFully(content.length));
                WireFrames.expect(peer, ABORT);
            }
            server.awaitReleased(1);
        });
    }

    /// Like one that does not finish its frame.
    @Test
    void peerThatStopsSendingAFileIsCut() {
        checkLong(stand -> {
            FileHandler handler = handler(stand);
            Duration limit = Duration.ofMillis(300);
            TestEndpoint server = serve(stand, handler, limit);
            try (Peer peer = server.connect()) {
                peer.write(WireFrames.encode(offer("slow", 5_000)));
                WireFrames.expect(peer, START);
                // Each part comes in time, all together don't.
                for (int i = 1; i <= 4; i++) {
                    peer.write(new byte[1_000]);
                    int parts = i;
                    stand.await("part " + i, () -> handler.accepted().get(0).transferredBytes() == parts * 1_000L);
                    stand.kernel().pause(limit.dividedBy(2));
                }
                assertTrue(server.awaitConnection(0).isOpen());
                stand.expectReset(peer);
            }
            server.expectEnds(1, CloseReason.Kind.FRAME_TIMEOUT);
            assertEquals(List.of(Kind.CONNECTION_LOST), handler.kinds());
            assertEquals(List.of(), stand.kernel().files().names());
        });
    }

    /// Nothing more is to come of it.
    @Test
    void emptyFileLeavesNoTimeRunning() {
        checkLong(stand -> {
            FileHandler handler = handler(stand);
            Duration limit = Duration.ofMillis(600);
            TestEndpoint server = serve(stand, handler, limit);
            try (Peer peer = server.connect()) {
                peer.write(WireFrames.encode(offer("empty", 0)));
                WireFrames.expect(peer, START);
                stand.await("its end", () -> handler.ends().size() == 1);
                stand.kernel().pause(limit.dividedBy(3).multipliedBy(2));
                peer.write(WireFrames.encode(offer("next", 3)));
                WireFrames.expect(peer, START);
                stand.kernel().pause(limit.dividedBy(3).multipliedBy(2));
                peer.write(new byte[] {1, 2, 3});
                stand.await("its end", () -> handler.ends().size() == 2);
                assertEquals(List.of(Kind.COMPLETED, Kind.COMPLETED), handler.kinds());
            }
            server.awaitReleased(1);
        });
    }

    /// It has not been told to send it.
    @Test
    void peerWhoseStartWaitsBehindAFileOfOursIsNotCut() {
        checkLong(stand -> {
            FileHandler handler = handler(stand);
            Duration limit = Duration.ofMillis(300);
            TestEndpoint server = serve(stand, handler, limit);
            byte[] content = FilePair.content(stand, stand.isSimulated() ? 30_000 : 8 << 20);
            Path file = stand.kernel().files().create("ours", content);
            try (Peer peer = server.connect()) {
                assertNotNull(server.awaitConnection(0).sendFile(file));
                WireFrames.expect(peer, offer("ours", content.length));
                peer.write(WireFrames.encode(START));
                peer.write(WireFrames.encode(offer("theirs", 3)));
                stand.await("the accept", () -> handler.accepted().size() == 1);
                stand.kernel().pause(limit.multipliedBy(3));
                assertArrayEquals(content, peer.readFully(content.length));
                WireFrames.expect(peer, START);
                peer.write(new byte[] {1, 2, 3});
                stand.await("both ends", () -> handler.ends().size() == 2);
                assertEquals(List.of(Kind.COMPLETED, Kind.COMPLETED), handler.kinds());
            }
            server.expectEnds(1, CloseReason.Kind.PEER_CLOSED);
        });
    }

    @Test
    void peerThatAsksWithoutReadingIsHeldUp() {
        check(stand -> {
            FileHandler handler = new Echoing(stand);
            TestEndpoint server = serve(stand, handler, SMALL);
            int asked = stand.isSimulated() ? 200 : 20_000;
            try (Peer peer = server.connect()) {
                Stand.Task asking = stand.fork("asking", () -> {
                    for (int i = 0; i < asked; i++) {
                        peer.write(WireFrames.encode(offer("", 1)));
                    }
                });
                stand.kernel().pause(Duration.ofMillis(100));
                for (int i = 0; i < asked; i++) {
                    WireFrames.expect(peer, ABORT);
                }
                asking.await();
            }
            server.awaitReleased(1);
        });
    }

    private static FileHandler handler(Stand stand) {
        return new FileHandler(stand.kernel().files().folder());
    }

    private static TestEndpoint serve(Stand stand, FileHandler handler, TransferOptions options) throws Exception {
        return stand.serve(handler, builder -> builder.fileTransfer(options));
    }

    /// Where peers may be silent for so long.
    private static TestEndpoint serve(Stand stand, FileHandler handler, Duration frameTimeout) throws Exception {
        return stand.serve(handler, builder -> builder.fileTransfer(SMALL).frameTimeout(frameTimeout));
    }

    private static byte[] offer(String name, int size) {
        ByteArrayOutputStream offer = new ByteArrayOutputStream();
        offer.write(1);
        offer.writeBytes(WireFrames.header(size));
        offer.writeBytes(name.getBytes(StandardCharsets.UTF_8));
        offer.write(0);
        return offer.toByteArray();
    }

    private static final class Echoing extends FileHandler {
        Echoing(Stand stand) {
            super(stand.kernel().files().folder());
        }

        @Override
        public void frameReceived(Connection connection, Frame frame) {
            assertEquals(SendResult.QUEUED, connection.send(frame));
        }
    }
}
