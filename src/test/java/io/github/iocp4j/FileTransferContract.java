package io.github.iocp4j;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.iocp4j.transfer.FileOffer;
import io.github.iocp4j.transfer.FileTransfer;
import io.github.iocp4j.transfer.TransferOptions;
import io.github.iocp4j.transfer.TransferOutcome;
import io.github.iocp4j.transfer.TransferOutcome.Kind;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;

/// Files between two endpoints, where nothing goes wrong.
abstract class FileTransferContract extends EndpointContract {
    private static final int BUFFER = 4096;

    /// The least there may be, so that a file of some size has several parts and buffers.
    private static final TransferOptions SMALL =
            TransferOptions.DEFAULT.withChunkBytes(64 << 10).withBuffers(BUFFER, 8L * BUFFER);

    private static final TransferOptions READ_AND_SEND = SMALL.withTransmits(TransferOptions.NEVER);

    FileTransferContract(Kernels kernels) {
        super(kernels);
    }

    @Test
    void fileArrivesByTransmitFile() {
        check(stand -> {
            FilePair pair = FilePair.start(stand, SMALL);
            sendOne(pair, stand.random().nextInt(40_000));
            assertTrue(pair.client().endpoint().counters().files().transmits() > 0);
        });
    }

    @Test
    void fileArrivesByReadAndSend() {
        check(stand -> {
            FilePair pair = FilePair.start(stand, READ_AND_SEND);
            sendOne(pair, stand.random().nextInt(40_000));
            assertEquals(0, pair.client().endpoint().counters().files().transmits());
        });
    }

    @Test
    void emptyFileArrives() {
        check(stand -> sendOne(FilePair.start(stand, SMALL), 0));
    }

    @Test
    void filesOfAllSizesAroundThePartsArriveOneAfterAnother() {
        checkLong(stand -> {
            TransferOptions options = stand.random().nextBoolean() ? SMALL : READ_AND_SEND;
            FilePair pair = FilePair.start(stand, options);
            int[] sizes = {1, BUFFER - 1, BUFFER, BUFFER + 1, 2 * BUFFER, (64 << 10) - 1, 64 << 10, (64 << 10) + 1};
            for (int i = 0; i < sizes.length; i++) {
                byte[] content = FilePair.content(stand, sizes[i]);
                FileTransfer file = pair.near().sendFile(stand.kernel().files().create("source" + i, content));
                assertNotNull(file);
                pair.await(i + 1);
                assertEquals(Kind.COMPLETED, pair.sender().kinds().get(i));
                assertEquals(Kind.COMPLETED, pair.receiver().kinds().get(i));
                assertArrayEquals(content, pair.received(i + 1));
                assertEquals(sizes[i], file.transferredBytes());
                assertEquals(sizes[i], file.sizeBytes());
            }
        });
    }

    @Test
    void bothSidesOfferAtOnce() {
        check(stand -> {
            FilePair pair = FilePair.start(stand, stand.random().nextBoolean() ? SMALL : READ_AND_SEND);
            byte[] there = FilePair.content(stand, 1 + stand.random().nextInt(20_000));
            byte[] back = FilePair.content(stand, 1 + stand.random().nextInt(20_000));
            Path thereFile = stand.kernel().files().create("there", there);
            Path backFile = stand.kernel().files().create("back", back);
            Stand.Task one = stand.fork("near", () -> assertNotNull(pair.near().sendFile(thereFile)));
            Stand.Task other = stand.fork("far", () -> assertNotNull(pair.far().sendFile(backFile)));
            one.await();
            other.await();
            stand.await(
                    "both files",
                    () -> pair.sender().ends().size() == 2
                            && pair.receiver().ends().size() == 2);
            assertEquals(List.of(Kind.COMPLETED, Kind.COMPLETED), pair.sender().kinds());
            assertEquals(
                    List.of(Kind.COMPLETED, Kind.COMPLETED), pair.receiver().kinds());
            assertArrayEquals(there, pair.received(1));
            assertArrayEquals(
                    back,
                    stand.kernel()
                            .files()
                            .content(pair.sender().accepted().get(0).path()));
        });
    }

    /// Each answers the other's offer only some time after it has come.
    @Test
    void bothSidesOfferAtOnceAndAnswerLate() {
        check(stand -> {
            FilePair pair = FilePair.start(stand, SMALL);
            AtomicReference<FileOffer> nearOffer = new AtomicReference<>();
            AtomicReference<FileOffer> farOffer = new AtomicReference<>();
            pair.sender().decide((_, offer) -> nearOffer.set(offer));
            pair.receiver().decide((_, offer) -> farOffer.set(offer));
            byte[] content = FilePair.content(stand, 5_000);
            Path file = stand.kernel().files().create("file", content);
            assertNotNull(pair.near().sendFile(file));
            assertNotNull(pair.far().sendFile(file));
            stand.await("both offers", () -> nearOffer.get() != null && farOffer.get() != null);
            boolean nearFirst = stand.random().nextBoolean();
            for (boolean near : new boolean[] {nearFirst, !nearFirst}) {
                if (near) {
                    assertNotNull(pair.sender().accept(nearOffer.get()));
                } else {
                    farOffer.get().decline();
                }
                stand.kernel().pause(Duration.ofMillis(stand.random().nextInt(20)));
            }
            stand.await(
                    "both ends",
                    () -> pair.sender().ends().size() == 2
                            && pair.receiver().ends().size() == 1);
            assertEquals(
                    1,
                    pair.sender().kinds().stream()
                            .filter(Kind.COMPLETED::equals)
                            .count());
            assertEquals(
                    1,
                    pair.sender().kinds().stream().filter(Kind.DECLINED::equals).count());
            assertEquals(List.of(Kind.COMPLETED), pair.receiver().kinds());
            assertEquals(SendResult.QUEUED, pair.near().send(new byte[] {9}));
            assertEquals(SendResult.QUEUED, pair.far().send(new byte[] {9}));
            stand.await(
                    "a frame each",
                    () -> pair.sender().frames().size() == 1
                            && pair.receiver().frames().size() == 1);
        });
    }

    @Test
    void framesBeforeDuringAndAfterAFileKeepTheirOrder() {
        check(stand -> {
            FilePair pair = FilePair.start(stand, stand.random().nextBoolean() ? SMALL : READ_AND_SEND);
            byte[] content = FilePair.content(stand, 30_000);
            Path file = stand.kernel().files().create("file", content);
            int frames = 0;
            for (int i = 0; i < 3; i++) {
                assertEquals(SendResult.QUEUED, pair.near().send(new byte[] {(byte) (100 + frames++)}));
                assertNotNull(pair.near().sendFile(file));
                for (int j = 0; j < 5; j++) {
                    assertEquals(SendResult.QUEUED, pair.near().send(new byte[] {(byte) (100 + frames++)}));
                }
                pair.await(i + 1);
            }
            int sent = frames;
            stand.await("all frames", () -> pair.receiver().frames().size() == sent);
            for (int i = 0; i < sent; i++) {
                assertArrayEquals(
                        new byte[] {(byte) (100 + i)}, pair.receiver().frames().get(i));
            }
            for (int i = 1; i <= 3; i++) {
                assertArrayEquals(content, pair.received(i));
            }
        });
    }

    @Test
    void declinedFileIsNotSentAndFramesGoOn() {
        check(stand -> {
            FilePair pair = FilePair.start(stand, SMALL);
            pair.receiver().decide((_, offer) -> offer.decline());
            Path file = stand.kernel().files().create("file", new byte[5_000]);
            assertNotNull(pair.near().sendFile(file));
            assertEquals(SendResult.QUEUED, pair.near().send(new byte[] {7}));
            pair.awaitSender(1);
            assertEquals(List.of(Kind.DECLINED), pair.sender().kinds());
            stand.await("the frame", () -> pair.receiver().frames().size() == 1);
            assertEquals(List.of(), pair.receiver().ends(), "what the handler declines itself has no end to tell");
            assertEquals(List.of("file"), stand.kernel().files().names());
            assertEquals(1, pair.server().endpoint().counters().files().declined());
        });
    }

    @Test
    void offerMayBeAcceptedLaterByAnyThread() {
        check(stand -> {
            FilePair pair = FilePair.start(stand, SMALL);
            AtomicReference<FileOffer> kept = new AtomicReference<>();
            pair.receiver().decide((_, offer) -> kept.set(offer));
            byte[] content = FilePair.content(stand, 9_000);
            assertNotNull(pair.near().sendFile(stand.kernel().files().create("file", content)));
            stand.await("the offer", () -> kept.get() != null);
            FileOffer offer = kept.get();
            assertEquals("file", offer.name());
            assertEquals(9_000, offer.sizeBytes());
            assertNotNull(pair.receiver().accept(offer));
            assertNull(pair.receiver().accept(offer), "it is answered");
            pair.await(1);
            assertArrayEquals(content, pair.received(1));
        });
    }

    @Test
    void connectionSendsOneFileAtATime() {
        check(stand -> {
            FilePair pair = FilePair.start(stand, SMALL);
            Path file = stand.kernel().files().create("file", new byte[5_000]);
            AtomicReference<FileOffer> kept = new AtomicReference<>();
            pair.receiver().decide((_, offer) -> kept.set(offer));
            assertNotNull(pair.near().sendFile(file));
            assertNull(pair.near().sendFile(file));
            stand.await("the offer", () -> kept.get() != null);
            assertNull(pair.near().sendFile(file));
            kept.get().decline();
            pair.awaitSender(1);
            pair.receiver().decide((_, offer) -> pair.receiver().accept(offer));
            assertNotNull(pair.near().sendFile(file));
            pair.await(1);
            pair.awaitSender(2);
        });
    }

    @Test
    void nextFileIsSentWhenTheEndOfTheOneBeforeIsTold() {
        check(stand -> {
            AtomicInteger left = new AtomicInteger(3);
            byte[] content = FilePair.content(stand, 5_000);
            Path file = stand.kernel().files().create("file", content);
            FileHandler sender = new FileHandler(stand.kernel().files().folder()) {
                @Override
                public void fileCompleted(Connection connection, FileTransfer over, TransferOutcome outcome) {
                    super.fileCompleted(connection, over, outcome);
                    if (left.decrementAndGet() > 0) {
                        assertNotNull(connection.sendFile(file));
                    }
                }
            };
            FilePair pair = FilePair.start(stand, builder -> builder.fileTransfer(SMALL), sender);
            assertNotNull(pair.near().sendFile(file));
            pair.await(3);
            assertEquals(
                    List.of(Kind.COMPLETED, Kind.COMPLETED, Kind.COMPLETED),
                    pair.sender().kinds());
            assertArrayEquals(content, pair.received(3));
        });
    }

    @Test
    void progressIsToldAndGrows() {
        checkLong(stand -> {
            FilePair pair = FilePair.start(stand, SMALL);
            assertNotNull(pair.near().sendFile(stand.kernel().files().create("file", new byte[200_000])));
            pair.await(1);
            assertTrue(pair.sender().progress() > 1, () -> pair.sender().progress() + " times");
            assertTrue(pair.receiver().progress() > 1, () -> pair.receiver().progress() + " times");
            assertEquals(200_000, pair.receiver().ends().get(0).file().transferredBytes());
        });
    }

    /// What was asked for are frames of the program's: the handshake uses none of them up, and the bytes of a file
    /// that was accepted come unasked.
    @Test
    void filesNeedNoMoreReadsThanOneThatLetsTheHandshakeIn() {
        check(stand -> {
            FilePair pair =
                    FilePair.start(stand, builder -> builder.fileTransfer(SMALL).automaticReading(false));
            byte[] content = FilePair.content(stand, 20_000);
            assertNotNull(pair.near().sendFile(stand.kernel().files().create("file", content)));
            pair.near().read();
            pair.far().read();
            stand.await("the accept", () -> pair.receiver().accepted().size() == 1);
            assertEquals(SendResult.QUEUED, pair.near().send(new byte[] {11}));
            assertEquals(SendResult.QUEUED, pair.near().send(new byte[] {22}));
            pair.await(1);
            assertArrayEquals(content, pair.received(1));
            stand.await(
                    "the frame that was asked for",
                    () -> pair.receiver().frames().size() == 1);
            pair.far().read();
            stand.await("the next one", () -> pair.receiver().frames().size() == 2);
            assertArrayEquals(new byte[] {22}, pair.receiver().frames().get(1));
        });
    }

    @Test
    void gracefulCloseLetsTheFileGoOut() {
        check(stand -> {
            FilePair pair =
                    FilePair.start(stand, builder -> builder.fileTransfer(SMALL).closeTimeout(Duration.ofMinutes(2)));
            byte[] content = FilePair.content(stand, 20_000);
            assertNotNull(pair.near().sendFile(stand.kernel().files().create("file", content)));
            assertEquals(SendResult.QUEUED, pair.near().send(new byte[] {5}));
            pair.near().close();
            assertNull(pair.near().sendFile(Path.of("other")));
            pair.await(1);
            assertEquals(
                    List.of(Kind.COMPLETED),
                    pair.sender().kinds(),
                    () -> pair.client().order().reasons() + ", "
                            + pair.server().order().reasons());
            assertArrayEquals(content, pair.received(1));
            pair.client().awaitReleased(1);
            pair.server().awaitReleased(1);
            assertEquals(1, pair.receiver().frames().size());
        });
    }

    @Test
    void withoutTheOptionAllFramesAreTheUsers() {
        check(stand -> {
            FilePair pair = FilePair.start(stand, builder -> builder);
            assertThrows(IllegalStateException.class, () -> pair.near().sendFile(Path.of("file")));
            for (int type = 0; type <= 4; type++) {
                assertEquals(SendResult.QUEUED, pair.near().send(new byte[] {(byte) type}));
            }
            stand.await("all frames", () -> pair.receiver().frames().size() == 5);
            assertEquals(0, pair.receiver().offers());
        });
    }

    @Test
    void nameMustBeOneThatThePeerCanUse() {
        check(stand -> {
            FilePair pair = FilePair.start(stand, SMALL);
            assertThrows(IllegalArgumentException.class, () -> pair.near().sendFile(Path.of("folder/nul")));
            assertThrows(IllegalArgumentException.class, () -> pair.near().sendFile(Path.of("/")));
            assertFalse(pair.near().sendFile(stand.kernel().files().create("fine", new byte[1])) == null);
            pair.await(1);
        });
    }

    private static void sendOne(FilePair pair, int size) throws Exception {
        byte[] content = FilePair.content(pair.stand(), size);
        Path source = pair.stand().kernel().files().create("source", content);
        assertNotNull(pair.near().sendFile(source));
        pair.await(1);
        assertEquals(List.of(Kind.COMPLETED), pair.sender().kinds());
        assertEquals(List.of(Kind.COMPLETED), pair.receiver().kinds());
        assertArrayEquals(content, pair.received(1));
        assertEquals(
                List.of("1-source", "source"), pair.stand().kernel().files().names());
    }
}
