package io.github.iocp4j;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.iocp4j.testing.Peer;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLongArray;
import org.junit.jupiter.api.Test;

/// Callbacks that reach for other connections.
///
/// The article's program runs callbacks under the lock of their client and sends by id under the lock of its map,
/// which wants the client's lock: two that do both at once wait for each other for ever. And a send to an id that
/// nobody has returns with the map's lock held. Nothing here is called under a lock.
abstract class LockOrderContract extends EndpointContract {
    private static final byte[] ONE = {1};

    LockOrderContract(Kernels kernels) {
        super(kernels);
    }

    /// Each frame goes to the peer of the other connection.
    @Test
    void defect7CallbacksThatSendByIdToEachOtherNeverDeadlock() {
        check(stand -> {
            int frames = 40;
            AtomicLongArray ids = new AtomicLongArray(2);
            AtomicInteger next = new AtomicInteger();
            TestEndpoint[] server = new TestEndpoint[1];
            server[0] = stand.serve(new EndpointHandler() {
                @Override
                public void connected(Connection connection) {
                    int number = next.getAndIncrement();
                    connection.attach(number);
                    ids.set(number, connection.id());
                }

                @Override
                public void frameReceived(Connection connection, Frame frame) {
                    int other = 1 - (int) (Integer) connection.attachment();
                    Connection target = server[0].endpoint().find(ids.get(other));
                    if (target != null) {
                        assertTrue(target.post(ONE) || !target.isOpen());
                        target.send(frame);
                    }
                }
            });
            Peer first = server[0].connect();
            server[0].awaitConnection(0);
            Peer second = server[0].connect();
            server[0].awaitConnection(1);
            stand.await("both ids", () -> ids.get(0) != 0 && ids.get(1) != 0);
            List<Stand.Task> writers = new ArrayList<>();
            for (Peer peer : List.of(first, second)) {
                writers.add(stand.fork("writer", () -> {
                    for (int i = 0; i < frames; i++) {
                        peer.write(WireFrames.encode(new byte[] {(byte) i}));
                    }
                }));
            }
            for (Peer peer : List.of(first, second)) {
                for (int i = 0; i < frames; i++) {
                    WireFrames.expect(peer, new byte[] {(byte) i});
                }
            }
            writers.forEach(Stand.Task::await);
            first.close();
            second.close();
            server[0].awaitReleased(2);
        });
    }

    /// Also closing each other, and all, from callbacks and from outside at once.
    @Test
    void callbacksThatCloseEachOtherNeverDeadlock() {
        check(stand -> {
            TestEndpoint[] server = new TestEndpoint[1];
            server[0] = stand.serve(new EndpointHandler() {
                @Override
                public void frameReceived(Connection connection, Frame frame) {
                    server[0].endpoint().broadcast(frame);
                    server[0]
                            .order()
                            .connections()
                            .forEach(each -> server[0].endpoint().abort(each.id()));
                    server[0].endpoint().disconnectAll();
                }

                @Override
                public void disconnected(Connection connection, CloseReason reason) {
                    server[0].endpoint().abortAll();
                }
            });
            List<Peer> peers = new ArrayList<>();
            for (int i = 0; i < 4; i++) {
                peers.add(server[0].connect());
            }
            server[0].awaitConnection(3);
            for (Peer peer : peers) {
                stand.fork("writer", () -> {
                    try {
                        peer.write(WireFrames.encode(ONE));
                    } catch (java.io.IOException _) {
                        // Another was quicker.
                    }
                });
            }
            Stand.Task outside =
                    stand.fork("outside", () -> server[0].endpoint().disconnectAll());
            server[0].awaitReleased(4);
            outside.await();
            peers.forEach(Stand::closeQuietly);
        });
    }

    @Test
    void defect7SendToAnIdThatNobodyHasLeavesNoLockBehind() {
        check(stand -> {
            AtomicInteger misses = new AtomicInteger();
            TestEndpoint[] server = new TestEndpoint[1];
            server[0] = stand.serve(new Echo() {
                @Override
                public void frameReceived(Connection connection, Frame frame) {
                    Connection nobody = server[0].endpoint().find(connection.id() + (7L << 32));
                    misses.addAndGet(nobody == null ? 1 : 0);
                    super.frameReceived(connection, frame);
                }
            });
            Peer gone = server[0].connect();
            Connection stale = server[0].awaitConnection(0);
            gone.close();
            server[0].awaitReleased(1);
            Stand.Task outside = stand.fork("outside", () -> {
                assertEquals(SendResult.CLOSED, stale.send(ONE));
                assertNull(server[0].endpoint().find(stale.id()));
            });
            outside.await();
            try (Peer peer = server[0].connect()) {
                for (int i = 0; i < 5; i++) {
                    peer.write(WireFrames.encode(ONE));
                    WireFrames.expect(peer, ONE);
                }
            }
            server[0].awaitReleased(2);
            assertEquals(5, misses.get());
        });
    }
}
