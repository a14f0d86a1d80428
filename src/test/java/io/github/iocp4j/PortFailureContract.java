package io.github.iocp4j;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.iocp4j.CloseReason.Kind;
import io.github.iocp4j.error.WindowsException;
import io.github.iocp4j.internal.host.Signal;
import io.github.iocp4j.internal.win32.Win32;
import io.github.iocp4j.testing.Peer;
import io.github.iocp4j.transfer.FileTransfer;
import io.github.iocp4j.transfer.TransferOptions;
import io.github.iocp4j.transfer.TransferOutcome;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;

/// An endpoint whose completion port fails.
abstract class PortFailureContract extends EndpointContract {
    private static final Duration LIMIT = Duration.ofSeconds(4);

    PortFailureContract(Kernels kernels) {
        super(kernels);
    }

    @Test
    void failureIsToldOnceAndThenAllConnectionsEnd() {
        check(stand -> {
            FaultyHost host = new FaultyHost(stand.kernel().host());
            Teller handler = new Teller();
            TestEndpoint server = stand.startOn(host, CloseLimitContract.loopbackServer(), handler, options -> options);
            List<Peer> peers = connect(server, 3);
            long begun = stand.nanoTime();
            host.failPort(Win32.ERROR_INVALID_HANDLE);
            UncheckedIOException thrown = assertThrows(UncheckedIOException.class, server.endpoint()::awaitClosed);
            stand.expectWithin(LIMIT, Duration.ofNanos(stand.nanoTime() - begun));
            assertEquals(
                    Win32.ERROR_INVALID_HANDLE,
                    assertInstanceOf(WindowsException.class, thrown.getCause()).code());
            assertEquals(List.of(thrown.getCause()), server.order().failures());
            assertEquals(List.of("failed", "disconnected", "disconnected", "disconnected"), handler.told());
            for (CloseReason reason : server.order().reasons()) {
                assertEquals(Kind.ENDPOINT_CLOSED, reason.kind());
                assertSame(thrown.getCause(), reason.cause());
            }
            server.order().verify();
            peers.forEach(stand::expectReset);
            peers.forEach(Stand::closeQuietly);
            assertFalse(server.endpoint().connect(server.endpoint().localAddress(), null));
            assertTrue(server.endpoint().leftOver().contains("the port"), server.endpoint()::leftOver);
            stand.expectWithin(Duration.ZERO, stand.time(() -> server.endpoint().close()));
            host.bury(stand);
        });
    }

    /// The connections that other workers are busy with end when their callbacks return.
    @Test
    void failureAmongBusyConnectionsEndsEachOnce() {
        check(stand -> {
            FaultyHost host = new FaultyHost(stand.kernel().host());
            Teller handler = new Teller();
            TestEndpoint server = stand.startOn(host, CloseLimitContract.loopbackServer(), handler, options -> options);
            List<Stand.Task> tasks = new ArrayList<>();
            for (Peer peer : connect(server, 4)) {
                tasks.add(stand.fork("peer-" + peer.localAddress().getPort(), () -> talkUntilCut(peer)));
            }
            int enough = stand.random().nextInt(isSimulated() ? 40 : 400);
            stand.await(enough + " frames", () -> server.endpoint().counters().framesReceived() >= enough);
            host.failPort(Win32.ERROR_ABANDONED_WAIT_0);
            assertThrows(UncheckedIOException.class, server.endpoint()::awaitClosed);
            tasks.forEach(Stand.Task::await);
            stand.await("the end of the threads", () -> host.threads() == 0);
            assertEquals(1, server.order().failures().size());
            assertEquals(
                    server.order().connections().size(),
                    server.order().reasons().size());
            server.order().verify();
            host.bury(stand);
        });
    }

    /// One in each direction; what a file worker is at then is closed when it is done.
    @Test
    void filesOnTheirWayEndOnceAndAreClosed() {
        check(stand -> {
            FaultyHost host = new FaultyHost(stand.kernel().host());
            FileHandler handler = new FileHandler(stand.kernel().files().folder());
            TransferOptions files =
                    TransferOptions.DEFAULT.withBuffers(4096, 32_768).withTransmits(TransferOptions.NEVER);
            TestEndpoint server = stand.startOn(
                    host, CloseLimitContract.loopbackServer(), handler, options -> options.fileTransfer(files));
            int bytes = isSimulated() ? 8 << 16 : 128 << 16;
            Path ours = stand.kernel().files().create("ours", new byte[bytes]);
            byte[] frame = WireFrames.encode(new byte[] {1, 0, 0, (byte) (bytes >> 16), 0, 'x', 0});
            Peer peer = server.connect();
            FileTransfer sent = Objects.requireNonNull(server.awaitConnection(0).sendFile(ours));
            byte[] _ = WireFrames.read(peer);
            // It is answered behind ours: so both files are under way at once.
            peer.write(frame);
            WireFrames.expect(peer, new byte[] {2});
            peer.write(WireFrames.encode(new byte[] {2}));
            Stand.Task sending = stand.fork("sending", () -> writeUntilCut(peer));
            Stand.Task receiving = stand.fork("receiving", () -> readUntilCut(peer));
            int enough = stand.random().nextInt(bytes / 32);
            stand.await(
                    enough + " bytes each way",
                    () -> sent.transferredBytes() >= enough
                            && handler.accepted().get(0).transferredBytes() >= enough);
            host.failPort(Win32.ERROR_INVALID_HANDLE);
            assertThrows(UncheckedIOException.class, server.endpoint()::awaitClosed);
            sending.await();
            receiving.await();
            stand.await("the end of the threads", () -> host.threads() == 0);
            // One may have been through before.
            assertEquals(2, handler.ends().size());
            assertTrue(handler.kinds().contains(TransferOutcome.Kind.CONNECTION_LOST), handler.kinds()::toString);
            assertEquals(0, server.endpoint().counters().files().open());
            assertTrue(stand.kernel().files().names().stream().noneMatch(name -> name.endsWith(".partial")));
            server.order().verify();
            Stand.closeQuietly(peer);
            host.bury(stand);
        });
    }

    @Test
    void endpointFailedThatBlocksOrThrowsDoesNotHoldUpTheClose() {
        checkLong(stand -> {
            FaultyHost host = new FaultyHost(stand.kernel().host());
            Signal leave = stand.kernel().host().newSignal();
            TestEndpoint server = stand.startOn(
                    host,
                    CloseLimitContract.loopbackServer(),
                    new Teller() {
                        @Override
                        public void endpointFailed(IOException cause) {
                            super.endpointFailed(cause);
                            boolean _ = leave.await(Duration.ofMinutes(2).toNanos());
                            throw new Deliberate("in endpointFailed");
                        }
                    },
                    options -> options);
            List<Peer> peers = connect(server, 2);
            host.failPort(Win32.ERROR_INVALID_HANDLE);
            stand.await("the callback", () -> !server.order().failures().isEmpty());
            Duration limit = Duration.ofSeconds(1);
            stand.expectWithin(limit, stand.time(() -> server.endpoint().close(limit)));
            assertThrows(UncheckedIOException.class, server.endpoint()::awaitClosed);
            peers.forEach(stand::expectReset);
            leave.set();
            stand.await("the end of the threads", () -> host.threads() == 0);
            assertEquals(List.of(Kind.ENDPOINT_CLOSED, Kind.ENDPOINT_CLOSED), server.kinds());
            server.order().verify();
            peers.forEach(Stand::closeQuietly);
            host.bury(stand);
        });
    }

    @Test
    void endpointFailedMayCloseButNotWait() {
        check(stand -> {
            FaultyHost host = new FaultyHost(stand.kernel().host());
            AtomicReference<IocpEndpoint> itself = new AtomicReference<>();
            TestEndpoint server = stand.startOn(
                    host,
                    CloseLimitContract.loopbackServer(),
                    new Teller() {
                        @Override
                        public void endpointFailed(IOException cause) {
                            itself.get().close();
                            assertThrows(IllegalStateException.class, itself.get()::awaitClosed);
                        }
                    },
                    options -> options);
            itself.set(server.endpoint());
            host.failPort(Win32.ERROR_INVALID_HANDLE);
            assertThrows(UncheckedIOException.class, server.endpoint()::awaitClosed);
            server.order().verify();
            assertEquals(1, server.order().failures().size());
            host.bury(stand);
        });
    }

    private static List<Peer> connect(TestEndpoint server, int count) throws IOException {
        List<Peer> peers = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            peers.add(server.connect());
            peers.getLast().write(WireFrames.encode(new byte[] {3}));
            WireFrames.expect(peers.getLast(), new byte[] {3});
        }
        return peers;
    }

    private static void talkUntilCut(Peer peer) {
        byte[] payload = new byte[300];
        try (peer) {
            while (true) {
                peer.write(WireFrames.encode(payload, payload));
                WireFrames.expect(peer, payload, payload);
            }
        } catch (IOException _) {
            // The port has failed.
        }
    }

    private static void writeUntilCut(Peer peer) {
        try {
            while (true) {
                peer.write(new byte[4_096]);
            }
        } catch (IOException _) {
            // The port has failed.
        }
    }

    private static void readUntilCut(Peer peer) {
        byte[] bytes = new byte[4_096];
        try {
            while (peer.read(bytes) >= 0) {}
        } catch (IOException _) {
            // The port has failed.
        }
    }

    /// Echoes, and notes in which order it is told.
    private static class Teller extends Echo {
        private final Queue<String> told = new ConcurrentLinkedQueue<>();

        @Override
        public void endpointFailed(IOException cause) {
            told.add("failed");
        }

        @Override
        public void disconnected(Connection connection, CloseReason reason) {
            told.add("disconnected");
        }

        List<String> told() {
            return List.copyOf(told);
        }
    }
}
