package io.github.iocp4j;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;

import io.github.iocp4j.testing.Peer;
import io.github.iocp4j.transfer.FileTransfer;
import java.nio.file.Path;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;

class FileCrossingTest extends FileCrossingContract {
    FileCrossingTest() {
        super(Kernels.SIMULATED);
    }

    /// One that this side gives up before it is out is never made, and the next one may be. Here, because only the
    /// simulated kernel keeps to what it was told to take.
    @Test
    void offerThatIsGivenUpInTheQueueIsNotMade() {
        check(stand -> {
            FileHandler handler = handler(stand);
            TestEndpoint server =
                    stand.serve(handler, builder -> builder.fileTransfer(SMALL).sendHighMarkBytes(1 << 20));
            Path file = ours(stand);
            try (Peer peer = server.connect()) {
                Connection connection = server.awaitConnection(0);
                int frames = fill(server, connection);
                for (int i = 1; i <= 10; i++) {
                    int count = i;
                    awaitSendFile(stand, connection, file).abort();
                    stand.await("its end", () -> handler.ends().size() == count);
                }
                assertNotNull(awaitSendFile(stand, connection, file));
                expectFrames(peer, frames);
                WireFrames.expect(peer, OURS);
                peer.write(WireFrames.encode(ABORT));
                stand.await("the last end", () -> handler.ends().size() == 11);
                sendText(stand, connection);
                expectText(stand, peer);
            }
            server.expectEnds(1, CloseReason.Kind.PEER_CLOSED);
            assertEquals(0, server.endpoint().counters().files().open());
        });
    }

    private static FileTransfer awaitSendFile(Stand stand, Connection connection, Path file) {
        AtomicReference<FileTransfer> sent = new AtomicReference<>();
        stand.await("room for a file", () -> {
            sent.set(connection.sendFile(file));
            return sent.get() != null;
        });
        return sent.get();
    }
}
