package io.github.iocp4j;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.github.iocp4j.CloseReason.Kind;
import io.github.iocp4j.admission.AdmissionOptions;
import io.github.iocp4j.testing.Peer;
import io.github.iocp4j.testing.PeerListener;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;

/// Peers that connect and say nothing.
abstract class FirstDataContract extends EndpointContract {
    private static final byte[] ONE = {1};

    private final Duration limit = Duration.ofMillis(isSimulated() ? 1_000 : 400);

    FirstDataContract(Kernels kernels) {
        super(kernels);
    }

    @Test
    void silentPeersAreCutInTimeAndTheOthersAreNot() {
        check(stand -> {
            TestEndpoint server = serve(stand, new Echo(), options -> options);
            Peer speaking = server.connect();
            speaking.write(WireFrames.encode(ONE));
            WireFrames.expect(speaking, ONE);
            Peer beginning = server.connect();
            beginning.write(new byte[] {4});
            List<Peer> silent = new ArrayList<>();
            Duration took = stand.time(() -> {
                for (int i = 0; i < 3; i++) {
                    silent.add(server.connect());
                }
                server.awaitReleased(3);
            });
            stand.expectWithin(limit.plusMillis(50), took);
            assertEquals(List.of(Kind.NEVER_SENT, Kind.NEVER_SENT, Kind.NEVER_SENT), server.kinds());
            for (Peer peer : silent) {
                stand.expectReset(peer);
                peer.close();
            }
            stand.kernel().pause(limit);
            speaking.write(WireFrames.encode(ONE));
            WireFrames.expect(speaking, ONE);
            speaking.close();
            Stand.closeQuietly(beginning);
            server.awaitReleased(5);
        });
    }

    @Test
    void serverThatSpeaksFirstStillWaitsForThePeer() {
        check(stand -> {
            TestEndpoint server = serve(
                    stand,
                    new Echo() {
                        @Override
                        public void connected(Connection connection) {
                            connection.send(ONE);
                        }
                    },
                    options -> options);
            Peer peer = server.connect();
            WireFrames.expect(peer, ONE);
            server.expectEnds(1, Kind.NEVER_SENT);
            Stand.closeQuietly(peer);
        });
    }

    /// Whoever ends his stream at once has said that he will say nothing.
    @Test
    void endOfTheStreamIsAWord() {
        check(stand -> {
            TestEndpoint server = serve(
                    stand,
                    new EndpointHandler() {
                        @Override
                        public void inputEnded(Connection connection) {
                            connection.send(ONE);
                        }
                    },
                    options -> options);
            Peer peer = server.connect();
            peer.shutdownOutput();
            WireFrames.expect(peer, ONE);
            stand.kernel().pause(limit.multipliedBy(2));
            assertEquals(0, server.order().released());
            server.awaitConnection(0).close();
            WireFrames.expectEnd(peer);
            peer.close();
            server.awaitReleased(1);
        });
    }

    @Test
    void timeInWhichThisSideDoesNotReadDoesNotCount() {
        check(stand -> {
            TestEndpoint server = serve(stand, new Echo(), options -> options.automaticReading(false));
            try (Peer peer = server.connect()) {
                Connection connection = server.awaitConnection(0);
                peer.write(WireFrames.encode(ONE));
                stand.kernel().pause(limit.multipliedBy(3));
                connection.read(2);
                WireFrames.expect(peer, ONE);
            }
            server.expectEnds(1, Kind.PEER_CLOSED);
        });
    }

    @Test
    void peerThatWasConnectedToMaySayNothing() {
        check(stand -> {
            TestEndpoint client = serve(stand, new Echo(), options -> options);
            try (PeerListener listener = stand.kernel().listen()) {
                client.endpoint().connect(listener.address(), null);
                Peer peer = listener.accept();
                stand.kernel().pause(limit.multipliedBy(2));
                peer.write(WireFrames.encode(ONE));
                WireFrames.expect(peer, ONE);
                peer.close();
            }
            client.expectEnds(1, Kind.PEER_CLOSED);
        });
    }

    private TestEndpoint serve(Stand stand, EndpointHandler handler, UnaryOperator<EndpointOptions.Builder> change)
            throws IOException {
        AdmissionOptions admission = AdmissionOptions.DEFAULT.withFirstDataTimeout(limit);
        return stand.serve(handler, options -> change.apply(options.admission(admission)));
    }
}
