package io.github.iocp4j;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.iocp4j.CloseReason.Kind;
import io.github.iocp4j.testing.Peer;
import java.io.IOException;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/// A handler that closes, aborts or throws, in whatever callback.
abstract class CloseInCallbackContract extends EndpointContract {
    private enum Callback {
        ALLOCATED,
        CONNECTED,
        FRAME_RECEIVED,
        WRITABLE,
        INPUT_ENDED,
        DISCONNECTED,
        RELEASED
    }

    CloseInCallbackContract(Kernels kernels) {
        super(kernels);
    }

    @Test
    void closeInAnyCallbackClosesOnce() {
        check(stand -> tryEach(stand, Connection::close, Kind.CLOSED));
    }

    @Test
    void abortInAnyCallbackAbortsOnce() {
        check(stand -> tryEach(stand, Connection::abort, Kind.ABORTED));
    }

    @Test
    void abortAfterCloseInOneCallbackCutsAndKeepsTheFirstReason() {
        check(stand -> tryEach(
                stand,
                connection -> {
                    connection.close();
                    connection.abort();
                    connection.close();
                },
                Kind.CLOSED));
    }

    @Test
    void exceptionInAnyCallbackClosesThatConnectionOnly() {
        // Those of the last two callbacks are logged: not too often, please.
        checkLong(stand -> {
            Deliberate failure = new Deliberate("thrown by a handler on purpose");
            TestEndpoint server = tryEach(
                    stand,
                    _ -> {
                        throw failure;
                    },
                    Kind.HANDLER_FAILED);
            for (CloseReason reason : server.order().reasons()) {
                assertEquals(
                        reason.kind() == Kind.HANDLER_FAILED ? failure : null,
                        reason.kind() == Kind.PEER_CLOSED ? null : reason.cause());
            }
        });
    }

    @Test
    void errorInACallbackStopsNoWorker() {
        check(stand -> {
            TestEndpoint server = stand.serve(new Echo() {
                @Override
                public void frameReceived(Connection connection, Frame frame) {
                    if (frame.length() == 0) {
                        throw new Deliberate("an empty frame");
                    }
                    super.frameReceived(connection, frame);
                }
            });
            try (Peer healthy = server.connect()) {
                for (int i = 0; i < 3 * stand.variation().workers(); i++) {
                    Peer victim = server.connect();
                    victim.write(WireFrames.encode(new byte[] {1}, new byte[0], new byte[] {2}));
                    stand.expectReset(victim);
                    victim.close();
                    expectEcho(healthy, i);
                }
            }
            server.awaitReleased(1 + 3 * stand.variation().workers());
            assertEquals(
                    1, server.kinds().stream().filter(Kind.PEER_CLOSED::equals).count());
        });
    }

    /// Does something in one callback after another, each on a connection of its own, while another connection
    /// goes on.
    private TestEndpoint tryEach(Stand stand, Act act, Kind expected) throws IOException {
        Acting handler = new Acting(act);
        TestEndpoint server = stand.serve(handler, options -> options.sendHighMarkBytes(300));
        Peer healthy = server.connect();
        expectEcho(healthy, 0);
        Connection first = server.awaitConnection(0);
        handler.spared = first;
        int number = 0;
        for (Callback callback : Callback.values()) {
            handler.planned = callback;
            Peer victim = server.connect();
            provoke(victim);
            number++;
            server.awaitReleased(number);
            Stand.closeQuietly(victim);
            Connection connection = server.order().connections().get(number);
            assertEquals(
                    expected(callback, expected),
                    server.order().reason(connection).kind(),
                    "in " + callback);
            expectEcho(healthy, number);
        }
        assertEquals(number, server.order().released());
        assertTrue(first.isOpen());
        healthy.close();
        server.awaitReleased(number + 1);
        return server;
    }

    private static Kind expected(Callback callback, Kind expected) {
        return switch (callback) {
            case DISCONNECTED, RELEASED -> Kind.PEER_CLOSED;
            case INPUT_ENDED -> expected == Kind.CLOSED ? Kind.PEER_CLOSED : expected;
            default -> expected;
        };
    }

    private static void expectEcho(Peer peer, int number) throws IOException {
        byte[] payload = {(byte) number};
        peer.write(WireFrames.encode(payload));
        WireFrames.expect(peer, payload);
    }

    /// Makes all callbacks come: a frame, the end, and, as its answer is above the mark, `writable`.
    private static void provoke(Peer victim) {
        try {
            victim.write(WireFrames.encode(new byte[1000]));
            victim.shutdownOutput();
            byte[] rest = new byte[512];
            while (victim.read(rest) >= 0) {
                // Until the end.
            }
            victim.close();
        } catch (IOException _) {
            // The server may reset at any time.
        }
    }

    @FunctionalInterface
    private interface Act {
        void on(Connection connection);
    }

    private static final class Acting extends Echo {
        private final Act act;
        private volatile @Nullable Callback planned;
        private volatile @Nullable Connection spared;

        private Acting(Act act) {
            this.act = act;
        }

        @Override
        public void connectionAllocated(Connection connection) {
            actIf(Callback.ALLOCATED, connection);
        }

        @Override
        public void connected(Connection connection) {
            actIf(Callback.CONNECTED, connection);
        }

        @Override
        public void frameReceived(Connection connection, Frame frame) {
            super.frameReceived(connection, frame);
            actIf(Callback.FRAME_RECEIVED, connection);
        }

        @Override
        public void writable(Connection connection) {
            actIf(Callback.WRITABLE, connection);
        }

        @Override
        public void inputEnded(Connection connection) {
            actIf(Callback.INPUT_ENDED, connection);
            connection.close();
        }

        @Override
        public void disconnected(Connection connection, CloseReason reason) {
            actIf(Callback.DISCONNECTED, connection);
        }

        @Override
        public void connectionReleased(Connection connection) {
            actIf(Callback.RELEASED, connection);
        }

        private void actIf(Callback callback, Connection connection) {
            if (planned == callback && connection != spared) {
                act.on(connection);
            }
        }
    }
}
