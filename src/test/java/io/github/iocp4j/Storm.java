package io.github.iocp4j;

import io.github.iocp4j.testing.Peer;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/// Connections that come, send, and go in any way, as long as somebody listens.
final class Storm {
    private Storm() {}

    /// One connection of a peer that cares for nothing.
    static void connection(Stand stand, InetSocketAddress address, Random random) {
        Peer peer;
        try {
            peer = stand.kernel().connect(address);
        } catch (IOException _) {
            stand.kernel().pause(Duration.ofMillis(1));
            return;
        }
        try {
            List<byte[]> unanswered = new ArrayList<>();
            for (int i = random.nextInt(4); i > 0; i--) {
                unanswered.add(new byte[random.nextInt(2000)]);
                peer.write(WireFrames.encode(unanswered.getLast()));
                if (random.nextBoolean()) {
                    WireFrames.expect(peer, unanswered);
                    unanswered.clear();
                }
            }
            switch (random.nextInt(3)) {
                case 0 -> peer.reset();
                case 1 -> peer.write(WireFrames.header(100));
                default -> {
                    peer.shutdownOutput();
                    byte[] rest = new byte[1000];
                    while (peer.read(rest) >= 0) {
                        // Until the end.
                    }
                }
            }
        } catch (IOException _) {
            // The endpoint closes, or has as many connections as it may.
        } finally {
            Stand.closeQuietly(peer);
        }
    }

    /// Sends a frame, and answers the first few answers.
    static final class Talker implements EndpointHandler {
        @Override
        public void connected(Connection connection) {
            connection.attach(3);
            connection.send(new byte[500]);
        }

        @Override
        public void frameReceived(Connection connection, Frame frame) {
            if (connection.attachment() instanceof Integer left && left > 0) {
                connection.attach(left - 1);
                connection.send(frame);
            } else {
                connection.close();
            }
        }
    }
}
