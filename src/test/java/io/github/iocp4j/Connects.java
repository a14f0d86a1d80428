package io.github.iocp4j;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;

import io.github.iocp4j.error.WinsockException;
import io.github.iocp4j.testing.Peer;
import io.github.iocp4j.testing.PeerListener;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.jspecify.annotations.Nullable;

/// Echoes, and keeps the failures of connects.
final class Connects extends Echo {
    private final Queue<IOException> failures = new ConcurrentLinkedQueue<>();

    @Override
    public void connectFailed(InetSocketAddress address, @Nullable Object attachment, IOException cause) {
        failures.add(cause);
    }

    int failed() {
        return failures.size();
    }

    List<IOException> failures() {
        return List.copyOf(failures);
    }

    /// Fails unless there are so many failures, each of ConnectEx with this code.
    void expect(int count, int code) {
        assertEquals(count, failures.size());
        for (IOException failure : failures) {
            WinsockException cause = assertInstanceOf(WinsockException.class, failure);
            assertEquals(code, cause.code(), cause::toString);
            assertEquals("ConnectEx", cause.call());
        }
    }

    /// Takes the next connection and sees that it works.
    static void expectEcho(PeerListener listener) throws IOException {
        try (Peer peer = listener.accept()) {
            byte[] payload = {1, 2, 3};
            peer.write(WireFrames.encode(payload));
            WireFrames.expect(peer, payload);
        }
    }
}
