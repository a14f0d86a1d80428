package io.github.iocp4j;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.iocp4j.error.WindowsException;
import io.github.iocp4j.testing.Peer;
import io.github.iocp4j.testing.TestFiles;
import io.github.iocp4j.transfer.FileOffer;
import io.github.iocp4j.transfer.FileTransfer;
import io.github.iocp4j.transfer.TransferOptions;
import io.github.iocp4j.transfer.TransferOutcome.Kind;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;

/// Files that don't come to their end, on two endpoints.
abstract class FileFailureContract extends EndpointContract {
    private static final int ERROR_FILE_NOT_FOUND = 2;
    private static final int ERROR_SHARING_VIOLATION = 32;
    private static final int ERROR_FILE_EXISTS = 80;
    private static final int ERROR_DISK_FULL = 112;

    private static final TransferOptions SMALL =
            TransferOptions.DEFAULT.withChunkBytes(64 << 10).withBuffers(4096, 32_768);

    FileFailureContract(Kernels kernels) {
        super(kernels);
    }

    @Test
    void fileThatIsNotThereIsNotOffered() {
        check(stand -> {
            FilePair pair = FilePair.start(stand, SMALL);
            assertNotNull(pair.near().sendFile(stand.kernel().files().folder().resolve("missing")));
            pair.awaitSender(1);
            expectFailure(pair.sender(), ERROR_FILE_NOT_FOUND);
            expectGoesOn(pair);
            assertEquals(0, pair.receiver().offers());
        });
    }

    @Test
    void fileThatIsLockedIsNotOffered() {
        check(stand -> {
            FilePair pair = FilePair.start(stand, SMALL);
            Path file = stand.kernel().files().create("file", new byte[10]);
            try (AutoCloseable _ = stand.kernel().files().lock(file)) {
                assertNotNull(pair.near().sendFile(file));
                pair.awaitSender(1);
            }
            expectFailure(pair.sender(), ERROR_SHARING_VIOLATION);
            expectGoesOn(pair);
        });
    }

    @Test
    void targetThatExistsIsNotTouched() {
        check(stand -> {
            FilePair pair = FilePair.start(stand, SMALL);
            TestFiles files = stand.kernel().files();
            Path there = files.create("1-file", new byte[] {1, 2, 3});
            assertNotNull(pair.near().sendFile(files.create("file", new byte[10])));
            pair.await(1);
            assertEquals(List.of(Kind.DECLINED), pair.sender().kinds());
            expectFailure(pair.receiver(), ERROR_FILE_EXISTS);
            assertArrayEquals(new byte[] {1, 2, 3}, files.content(there));
            assertEquals(List.of("1-file", "file"), files.names());
            expectGoesOn(pair);
        });
    }

    @Test
    void fullDiskEndsTheFileAndNotTheConnection() {
        check(stand -> {
            TestFiles files = stand.kernel().files();
            FilePair pair = FilePair.start(stand, SMALL);
            Path file = files.create("file", new byte[60_000]);
            if (!files.limitDisk(60_000 + 20_000)) {
                return;
            }
            assertNotNull(pair.near().sendFile(file));
            pair.await(1);
            expectFailure(pair.receiver(), ERROR_DISK_FULL);
            assertEquals(List.of(Kind.COMPLETED), pair.sender().kinds(), "it has sent all");
            expectGoesOn(pair);
            assertEquals(List.of("file"), files.names());
        });
    }

    @Test
    void abortBeforeTheAnswerLeavesTheConnection() {
        check(stand -> {
            FilePair pair = FilePair.start(stand, SMALL);
            AtomicReference<FileOffer> kept = new AtomicReference<>();
            pair.receiver().decide((_, offer) -> kept.set(offer));
            FileTransfer file = pair.near().sendFile(stand.kernel().files().create("file", new byte[5_000]));
            assertNotNull(file);
            stand.await("the offer", () -> kept.get() != null);
            file.abort();
            pair.awaitSender(1);
            assertEquals(List.of(Kind.ABORTED), pair.sender().kinds());
            kept.get().decline();
            expectGoesOn(pair);
        });
    }

    /// The peer takes whatever comes next for the file.
    @Test
    void acceptAfterAnAbortEndsTheConnection() {
        check(stand -> {
            FilePair pair = FilePair.start(stand, SMALL);
            AtomicReference<FileOffer> kept = new AtomicReference<>();
            pair.receiver().decide((_, offer) -> kept.set(offer));
            FileTransfer file = pair.near().sendFile(stand.kernel().files().create("file", new byte[5_000]));
            assertNotNull(file);
            stand.await("the offer", () -> kept.get() != null);
            file.abort();
            pair.awaitSender(1);
            assertEquals(SendResult.QUEUED, pair.near().send(new byte[4_000]));
            assertNotNull(pair.receiver().accept(kept.get()));
            pair.client().awaitReleased(1);
            pair.server().awaitReleased(1);
            assertEquals(CloseReason.Kind.FILE_ABORTED, pair.client().kinds().get(0));
            assertEquals(List.of(Kind.CONNECTION_LOST), pair.receiver().kinds());
            assertEquals(List.of("file"), stand.kernel().files().names());
        });
    }

    @Test
    void abortBySenderInTheMiddleClosesTheConnection() {
        check(stand -> {
            FilePair pair = startLarge(stand, SMALL);
            pair.receiver().decide((connection, offer) -> {
                FileTransfer _ = pair.receiver().accept(offer);
                connection.pauseReading();
            });
            FileTransfer file = sendLarge(pair);
            stand.await(
                    "its beginning",
                    () -> pair.client().endpoint().counters().files().transmits() > 0);
            file.abort();
            pair.client().awaitReleased(1);
            pair.far().resumeReading();
            pair.server().awaitReleased(1);
            assertEquals(List.of(CloseReason.Kind.FILE_ABORTED), pair.client().kinds());
            assertEquals(List.of(Kind.ABORTED), pair.sender().kinds());
            assertEquals(List.of(Kind.CONNECTION_LOST), pair.receiver().kinds());
            assertEquals(List.of("file"), stand.kernel().files().names());
        });
    }

    @Test
    void partialFileIsKeptWhenTheOptionSaysSo() {
        check(stand -> {
            FilePair pair = startLarge(stand, SMALL.withKeepPartial(true));
            byte[] content = FilePair.content(stand, FilePair.large(stand));
            assertNotNull(pair.near().sendFile(stand.kernel().files().create("file", content)));
            stand.await("some of it", () -> {
                List<FileTransfer> accepted = pair.receiver().accepted();
                return !accepted.isEmpty() && accepted.get(0).transferredBytes() > 0;
            });
            pair.near().abort();
            pair.server().awaitReleased(1);
            pair.client().awaitReleased(1);
            if (pair.receiver().kinds().equals(List.of(Kind.COMPLETED))) {
                return;
            }
            assertEquals(
                    List.of("1-file.partial", "file"), stand.kernel().files().names());
            byte[] partial = stand.kernel()
                    .files()
                    .content(stand.kernel().files().folder().resolve("1-file.partial"));
            assertTrue(partial.length > 0);
            assertArrayEquals(Arrays.copyOf(content, partial.length), partial);
        });
    }

    @Test
    void abortByReceiverInTheMiddleLeavesTheConnection() {
        check(stand -> {
            FilePair pair = startLarge(stand, SMALL);
            FileTransfer file = sendLarge(pair);
            assertNotNull(file);
            stand.await(
                    "its beginning",
                    () -> !pair.receiver().accepted().isEmpty()
                            && pair.receiver().accepted().get(0).transferredBytes() > 0);
            pair.receiver().accepted().get(0).abort();
            pair.await(1);
            assertEquals(List.of(Kind.COMPLETED), pair.sender().kinds());
            Kind kind = pair.receiver().kinds().get(0);
            assertTrue(kind == Kind.ABORTED || kind == Kind.COMPLETED, kind::toString);
            expectGoesOn(pair);
            assertEquals(
                    kind == Kind.ABORTED ? List.of("file") : List.of("1-file", "file"),
                    stand.kernel().files().names());
        });
    }

    @Test
    void fileThatBecomesShorterClosesTheConnection() {
        check(stand -> {
            FilePair pair = startLargeEitherWay(stand);
            AtomicReference<FileOffer> kept = new AtomicReference<>();
            pair.receiver().decide((_, offer) -> kept.set(offer));
            byte[] content = FilePair.content(stand, FilePair.large(stand));
            Path source = stand.kernel().files().create("file", content);
            assertNotNull(pair.near().sendFile(source));
            stand.await("the offer", () -> kept.get() != null);
            stand.kernel().files().resize(source, 1_000);
            assertNotNull(pair.receiver().accept(kept.get()));
            expectCutShort(pair);
        });
    }

    /// Some of its bytes are out already.
    @Test
    void fileThatBecomesShorterOnTheWayClosesTheConnection() {
        check(stand -> {
            FilePair pair = startLargeEitherWay(stand);
            FileTransfer file = sendLarge(pair);
            stand.await("its beginning", () -> file.transferredBytes() > 0);
            stand.kernel().files().resize(file.path(), 1);
            expectCutShort(pair);
        });
    }

    @Test
    void fileThatGrowsIsSentAsItWasOffered() {
        check(stand -> {
            FilePair pair = FilePair.start(stand, SMALL);
            AtomicReference<FileOffer> kept = new AtomicReference<>();
            pair.receiver().decide((_, offer) -> kept.set(offer));
            byte[] content = FilePair.content(stand, 10_000);
            Path source = stand.kernel().files().create("file", content);
            assertNotNull(pair.near().sendFile(source));
            stand.await("the offer", () -> kept.get() != null);
            stand.kernel().files().resize(source, 30_000);
            assertNotNull(pair.receiver().accept(kept.get()));
            pair.await(1);
            assertArrayEquals(content, pair.received(1));
            expectGoesOn(pair);
        });
    }

    @Test
    void offerThatNobodyAnswersIsDeclinedInTime() {
        check(stand -> {
            Duration limit = Duration.ofMillis(200);
            FilePair pair = FilePair.start(stand, SMALL.withOfferTimeout(limit));
            AtomicReference<FileOffer> kept = new AtomicReference<>();
            pair.receiver().decide((_, offer) -> kept.set(offer));
            assertNotNull(pair.near().sendFile(stand.kernel().files().create("file", new byte[5_000])));
            pair.awaitSender(1);
            Kind kind = pair.sender().kinds().get(0);
            assertTrue(kind == Kind.UNANSWERED || kind == Kind.DECLINED, kind::toString);
            expectGoesOn(pair);
            assertEquals(null, kept.get().accept(Path.of("/never")));
        });
    }

    @Test
    void offerIsOverWhenThePeerEndsItsStreamInsteadOfAnAnswer() {
        check(stand -> {
            FileHandler sender = new FileHandler(stand.kernel().files().folder());
            TestEndpoint server =
                    stand.serve(sender, builder -> builder.fileTransfer(SMALL).closeTimeout(Duration.ofHours(1)));
            try (Peer peer = stand.kernel().connect(server.endpoint().localAddress())) {
                Connection connection = server.awaitConnection(0);
                assertNotNull(connection.sendFile(stand.kernel().files().create("file", new byte[5_000])));
                if (stand.random().nextBoolean()) {
                    connection.close();
                }
                peer.shutdownOutput();
                server.awaitReleased(1);
                assertEquals(List.of(Kind.CONNECTION_LOST), sender.kinds());
            }
        });
    }

    /// Whatever becomes of the connection at that moment.
    @Test
    void offerThatTheHandlerIsToldOfCanBeAccepted() {
        check(stand -> {
            FilePair pair = FilePair.start(stand, SMALL);
            AtomicInteger late = new AtomicInteger();
            pair.receiver().decide((_, offer) -> {
                if (pair.receiver().accept(offer) == null) {
                    late.getAndIncrement();
                }
            });
            Connection far = pair.far();
            assertEquals(SendResult.QUEUED, pair.near().send(new byte[] {77}));
            assertNotNull(pair.near().sendFile(stand.kernel().files().create("file", new byte[5_000])));
            stand.await("the frame before it", () -> pair.receiver().frames().size() == 1);
            far.abort();
            pair.server().awaitReleased(1);
            pair.client().awaitReleased(1);
            assertEquals(0, late.get());
            assertEquals(
                    pair.receiver().accepted().size(), pair.receiver().ends().size());
        });
    }

    @Test
    void endpointClosesInTheMiddleOfFiles() {
        check(stand -> {
            FilePair pair = startLarge(stand, SMALL);
            FileTransfer there = sendLarge(pair);
            assertNotNull(pair.far().sendFile(there.path()));
            stand.await("some of it", () -> there.transferredBytes() > 0);
            TestEndpoint first = stand.random().nextBoolean() ? pair.client() : pair.server();
            first.endpoint().close(Duration.ZERO);
            pair.client().awaitReleased(1);
            pair.server().awaitReleased(1);
            stand.await(
                    "both ends of each that was accepted",
                    () -> pair.sender().ends().size()
                                    == 1 + pair.sender().accepted().size()
                            && pair.receiver().ends().size()
                                    == 1 + pair.receiver().accepted().size());
            assertTrue(stand.kernel().files().names().stream().noneMatch(name -> name.endsWith(".partial")));
        });
    }

    /// By TransmitFile, or read and sent.
    private static FilePair startLargeEitherWay(Stand stand) throws Exception {
        return startLarge(stand, stand.random().nextBoolean() ? SMALL : SMALL.withTransmits(TransferOptions.NEVER));
    }

    private static FilePair startLarge(Stand stand, TransferOptions options) throws Exception {
        return FilePair.start(stand, builder -> builder.fileTransfer(options).closeTimeout(Duration.ofMinutes(1)));
    }

    private static FileTransfer sendLarge(FilePair pair) {
        Stand stand = pair.stand();
        FileTransfer file =
                pair.near().sendFile(stand.kernel().files().create("file", new byte[FilePair.large(stand)]));
        assertNotNull(file);
        return file;
    }

    /// The file became shorter, which nothing but the end of the connection tells the receiver.
    private static void expectCutShort(FilePair pair) {
        pair.client().awaitReleased(1);
        pair.server().awaitReleased(1);
        assertEquals(List.of(CloseReason.Kind.FILE_ABORTED), pair.client().kinds());
        assertEquals(List.of(Kind.FILE_FAILED), pair.sender().kinds());
        assertEquals(List.of(Kind.CONNECTION_LOST), pair.receiver().kinds());
        assertEquals(List.of("file"), pair.stand().kernel().files().names());
    }

    private static void expectFailure(FileHandler handler, int code) {
        assertEquals(List.of(Kind.FILE_FAILED), handler.kinds());
        Throwable cause = handler.ends().get(0).outcome().cause();
        assertEquals(code, assertInstanceOf(WindowsException.class, cause).code(), () -> String.valueOf(cause));
    }

    /// A frame in each direction.
    private static void expectGoesOn(FilePair pair) {
        int near = pair.sender().frames().size();
        int far = pair.receiver().frames().size();
        assertEquals(SendResult.QUEUED, pair.near().send(new byte[] {77}));
        assertEquals(SendResult.QUEUED, pair.far().send(new byte[] {78}));
        pair.stand()
                .await(
                        "a frame each",
                        () -> pair.sender().frames().size() == near + 1
                                && pair.receiver().frames().size() == far + 1);
    }
}
