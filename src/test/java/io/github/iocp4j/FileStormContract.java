package io.github.iocp4j;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.iocp4j.transfer.TransferOptions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

/// Many clients at once, each sending and receiving files of all sizes, with frames before, between and after.
abstract class FileStormContract extends EndpointContract {
    private static final int BUFFER = 4096;
    private static final int LARGE_BUFFER = 64 << 10;
    private static final int CHUNK = 64 << 10;

    /// Of gigabytes, on a machine that may be busy.
    private static final Duration LIMIT = Duration.ofMinutes(4);

    /// How a connection may end there.
    private static final Set<CloseReason.Kind> EXPECTED = EnumSet.of(
            CloseReason.Kind.CLOSED,
            CloseReason.Kind.PEER_CLOSED,
            CloseReason.Kind.ABORTED,
            CloseReason.Kind.RESET,
            CloseReason.Kind.FILE_ABORTED);

    FileStormContract(Kernels kernels) {
        super(kernels);
    }

    @Test
    void everyFileAndFrameArrives() {
        check(isSimulated() ? 12 : 2, stand -> storm(stand, 0));
    }

    @Test
    void whatIsNotGivenUpArrivesWhileOthersAre() {
        check(isSimulated() ? 12 : 2, stand -> storm(stand, 30));
    }

    private static void storm(Stand stand, int troublePercent) throws Exception {
        int clients = stand.isSimulated() ? 5 : 50;
        int filesEach = stand.isSimulated() ? 2 : 3;
        List<FileStorm.Source> sources = sources(stand);
        int buffer = stand.isSimulated() && stand.random().nextBoolean() ? BUFFER : LARGE_BUFFER;
        TransferOptions options = TransferOptions.DEFAULT
                .withChunkBytes(CHUNK)
                .withBuffers(buffer, (stand.random().nextBoolean() ? 2L : 64L) * buffer)
                .withTransmits(stand.random().nextInt(TransferOptions.AUTOMATIC, 3));
        FileStorm serving = new FileStorm(stand, "s", sources, filesEach, troublePercent);
        FileStorm connecting = new FileStorm(stand, "c", sources, filesEach, troublePercent);
        TestEndpoint server = stand.serve(serving, builder -> builder.fileTransfer(options));
        TestEndpoint client = stand.client(connecting, builder -> builder.fileTransfer(options));
        for (int i = 0; i < clients; i++) {
            assertTrue(client.endpoint().connect(server.endpoint().localAddress(), null));
        }
        stand.await(
                "all connections",
                () -> server.order().connections().size() == clients
                        && client.order().connections().size() == clients);
        stand.kernel().await("all files", LIMIT, () -> serving.isThrough() && connecting.isThrough());
        if (troublePercent == 0) {
            stand.await(
                    "all frames",
                    () -> serving.framesSent() == connecting.framesReceived()
                            && connecting.framesSent() == serving.framesReceived());
        }
        client.order().connections().forEach(Connection::close);
        client.awaitReleased(clients);
        server.awaitReleased(clients);
        assertEquals(List.of(), serving.mistakes());
        assertEquals(List.of(), connecting.mistakes());
        assertEquals(List.of(), serving.leftOver());
        assertEquals(List.of(), connecting.leftOver());
        assertTrue(EXPECTED.containsAll(server.kinds()), () -> String.valueOf(server.kinds()));
        assertTrue(EXPECTED.containsAll(client.kinds()), () -> String.valueOf(client.kinds()));
        if (troublePercent == 0) {
            assertEquals(clients * filesEach, serving.completed());
            assertEquals(clients * filesEach, connecting.completed());
        } else {
            assertTrue(serving.spoilt() + connecting.spoilt() > 0, "nothing was given up");
        }
        assertEquals(
                List.of(),
                stand.kernel().files().names().stream()
                        .filter(name -> name.endsWith(".partial"))
                        .toList());
        assertEquals(0, server.endpoint().counters().files().open());
        assertEquals(0, client.endpoint().counters().files().open());
    }

    private static List<FileStorm.Source> sources(Stand stand) {
        List<Integer> sizes = new ArrayList<>(
                List.of(0, 1, BUFFER - 1, BUFFER, BUFFER + 1, CHUNK - 1, CHUNK, CHUNK + 1, 3 * BUFFER, 150_000));
        if (!stand.isSimulated()) {
            sizes.addAll(List.of(1_000_000, 12 << 20, 25_000_001));
        }
        List<FileStorm.Source> sources = new ArrayList<>();
        for (int size : sizes) {
            byte[] content = FilePair.content(stand, size);
            sources.add(
                    new FileStorm.Source(stand.kernel().files().create("source-" + size + ".bin", content), content));
        }
        // Few are large.
        sources.addAll(List.copyOf(sources.subList(0, 10)));
        sources.addAll(List.copyOf(sources.subList(0, 10)));
        return sources;
    }
}
