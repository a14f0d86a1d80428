package io.github.iocp4j;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotSame;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;

import io.github.iocp4j.CloseReason.Kind;
import io.github.iocp4j.testing.Peer;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/// The program's own state of a connection, as the members of a class derived from the article's `ClientContext`
/// that `NotifyNewClientContext` sets up.
abstract class AttachmentContract extends EndpointContract {
    AttachmentContract(Kernels kernels) {
        super(kernels);
    }

    @Test
    void stateAttachedInConnectionAllocatedIsThereInEveryCallbackAndInNoOtherConnection() {
        check(stand -> {
            Keeping handler = new Keeping();
            TestEndpoint server = stand.serve(handler, options -> options.maxConnections(1));
            for (int i = 0; i < 3; i++) {
                try (Peer peer = server.connect()) {
                    peer.write(WireFrames.encode(new byte[] {1}, new byte[] {2}));
                    WireFrames.expect(peer, new byte[] {1}, new byte[] {2});
                }
                server.awaitReleased(i + 1);
                stand.await("room", () -> server.endpoint().counters().unreleased() == 0);
            }
            server.expectEnds(3, Kind.PEER_CLOSED);
            assertEquals(3, handler.states.size());
            for (State state : handler.states) {
                assertEquals(2, state.frames);
                assertEquals("acffedr", state.callbacks.toString());
            }
            assertNotSame(handler.states.getFirst(), handler.states.getLast());
        });
    }

    private static final class State {
        private final StringBuilder callbacks = new StringBuilder();
        private int frames;
    }

    private static final class Keeping extends Echo {
        private final List<State> states = new CopyOnWriteArrayList<>();
        private volatile @Nullable Object last;

        @Override
        public void connectionAllocated(Connection connection) {
            assertNull(connection.attachment(), "what an earlier connection has left");
            State state = new State();
            states.add(state);
            connection.attach(state);
            last = state;
            note(connection, 'a');
        }

        @Override
        public void connected(Connection connection) {
            note(connection, 'c');
        }

        @Override
        public void frameReceived(Connection connection, Frame frame) {
            note(connection, 'f').frames++;
            super.frameReceived(connection, frame);
        }

        @Override
        public void inputEnded(Connection connection) {
            note(connection, 'e');
            super.inputEnded(connection);
        }

        @Override
        public void disconnected(Connection connection, CloseReason reason) {
            note(connection, 'd');
        }

        @Override
        public void connectionReleased(Connection connection) {
            note(connection, 'r');
        }

        private State note(Connection connection, char callback) {
            State state = (State) java.util.Objects.requireNonNull(connection.attachment());
            assertSame(last, state);
            state.callbacks.append(callback);
            return state;
        }
    }
}
