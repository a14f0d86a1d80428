package io.github.iocp4j;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.iocp4j.CloseReason.Kind;
import io.github.iocp4j.testing.Peer;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/// Frames at and beyond the limits of what an endpoint takes.
abstract class FramingLimitsContract extends EndpointContract {
    FramingLimitsContract(Kernels kernels) {
        super(kernels);
    }

    @Test
    void lengthAboveTheMaximumClosesThatConnectionAndHarmsNoOther() {
        check(stand -> {
            int most = 1000;
            TestEndpoint server = stand.serve(new Echo(), options -> options.maxFrameBytes(most));
            Peer healthy = server.connect();
            expectEcho(healthy, new byte[most]);
            int[] lengths = {most + 1, Integer.MAX_VALUE, Integer.MIN_VALUE, -1};
            for (int i = 0; i < lengths.length; i++) {
                Peer peer = server.connect();
                byte[] before = WireFrames.random(stand.random(), stand.random().nextInt(most));
                peer.write(WireFrames.encode(before));
                if (stand.random().nextBoolean()) {
                    WireFrames.expect(peer, before);
                }
                WireFrames.writeInPieces(peer, WireFrames.header(lengths[i]), stand.random(), 4);
                stand.expectReset(peer);
                peer.close();
                server.expectEnds(i + 1, Kind.FRAME_TOO_LONG);
                expectEcho(healthy, WireFrames.random(stand.random(), most));
            }
            healthy.close();
            server.awaitReleased(lengths.length + 1);
            assertEquals(Kind.PEER_CLOSED, server.kinds().getLast());
        });
    }

    @Test
    void everyLengthUpToTheMaximumWorks() {
        check(stand -> {
            int buffer = stand.variation().bufferBytes();
            for (int most : new int[] {1, 2, buffer - 4, buffer, buffer + 1, 3 * buffer + 7}) {
                TestEndpoint server = stand.serve(new Echo(), options -> options.maxFrameBytes(most));
                List<byte[]> payloads = new ArrayList<>();
                for (int length : new int[] {0, 1, most - 1, most, 0, 0, most, most / 2, most - 1, most}) {
                    payloads.add(WireFrames.random(stand.random(), length));
                }
                try (Peer peer = server.connect()) {
                    peer.write(WireFrames.encode(payloads));
                    WireFrames.expect(peer, payloads);
                    peer.shutdownOutput();
                    WireFrames.expectEnd(peer);
                }
                server.expectEnds(1, Kind.PEER_CLOSED);
                server.endpoint().close();
            }
        });
    }

    @Test
    void framesOfManyBuffersArriveHoweverTheyAreCut() {
        check(stand -> {
            int most = isSimulated() ? 20_000 : 400_000;
            TestEndpoint server = stand.serve(new Echo(), options -> options.maxFrameBytes(most));
            Random random = new Random(stand.random().nextLong());
            List<byte[]> payloads = new ArrayList<>();
            for (int i = 0; i < 8; i++) {
                int length = random.nextInt(random.nextBoolean() ? most + 1 : 300);
                payloads.add(WireFrames.random(random, length));
            }
            payloads.add(WireFrames.random(random, most));
            try (Peer peer = server.connect()) {
                Stand.Task writer = stand.fork("writer", () -> {
                    for (byte[] payload : payloads) {
                        WireFrames.writeInPieces(peer, WireFrames.header(payload.length), random, 4);
                        WireFrames.writeInPieces(peer, payload, random, most / 4);
                    }
                    peer.shutdownOutput();
                });
                WireFrames.expect(peer, payloads);
                WireFrames.expectEnd(peer);
                writer.await();
            }
            server.expectEnds(1, Kind.PEER_CLOSED);
        });
    }

    @Test
    void oneFrameOfTheMaximumFitsTheLeastAssemblyBudget() {
        check(stand -> {
            int most = stand.random().nextInt(1, 20_000);
            TestEndpoint server = stand.serve(
                    new Echo(),
                    options -> options.maxFrameBytes(most).assemblyBudgetBytes(leastAssemblyBudget(stand, most)));
            try (Peer peer = server.connect()) {
                for (int i = 0; i < 3; i++) {
                    expectEcho(peer, WireFrames.random(stand.random(), most));
                }
            }
            server.expectEnds(1, Kind.PEER_CLOSED);
        });
    }

    @Test
    void assemblyBudgetThatIsSpentEndsTheConnectionWithTheOldestUnfinishedFrame() {
        check(stand -> {
            int most = 8192;
            TestEndpoint server = stand.serve(
                    new Echo(), options -> options.maxFrameBytes(most).assemblyBudgetBytes(3L * most));
            List<Peer> peers = new ArrayList<>();
            byte[] payload = WireFrames.random(stand.random(), most);
            byte[] stream = WireFrames.encode(payload);
            for (int i = 0; i < 2; i++) {
                Peer peer = server.connect();
                peers.add(peer);
                peer.write(stream, 0, stream.length - 1);
                long expected = (i + 1) * (stream.length - 1L);
                stand.await("all bytes", () -> server.endpoint().counters().bytesReceived() >= expected);
            }
            // Two frames hold two thirds of the budget; a third one finds no room to grow.
            Peer third = server.connect();
            expectEchoOfPieces(stand, third, payload);
            stand.expectReset(peers.getFirst());
            server.expectEnds(1, Kind.OUT_OF_BUFFERS);
            Peer second = peers.get(1);
            second.write(stream, stream.length - 1, 1);
            WireFrames.expect(second, payload);
            try (Peer fourth = server.connect()) {
                expectEcho(fourth, payload);
            }
            for (Peer peer : List.of(peers.getFirst(), second, third)) {
                peer.close();
            }
            server.awaitReleased(4);
            assertEquals(
                    List.of(Kind.OUT_OF_BUFFERS, Kind.PEER_CLOSED, Kind.PEER_CLOSED, Kind.PEER_CLOSED), server.kinds());
        });
    }

    @Test
    void assemblyBudgetThatIsSpentSparesAnOldFrameThatHasNothingOfIt() {
        check(stand -> {
            int most = 8192;
            TestEndpoint server = stand.serve(
                    new Echo(),
                    options -> options.maxFrameBytes(most).assemblyBudgetBytes(leastAssemblyBudget(stand, most)));
            byte[] payload = WireFrames.random(stand.random(), most);
            byte[] stream = WireFrames.encode(payload);
            int header = stream.length - most;
            Peer old = server.connect();
            old.write(stream, 0, header);
            stand.await("a header", () -> server.endpoint().counters().bytesReceived() >= header);
            Peer greedy = server.connect();
            greedy.write(stream, 0, stream.length - 1);
            long both = header + stream.length - 1L;
            stand.await("all bytes", () -> server.endpoint().counters().bytesReceived() >= both);
            Peer third = server.connect();
            expectEchoOfPieces(stand, third, payload);
            stand.expectReset(greedy);
            server.expectEnds(1, Kind.OUT_OF_BUFFERS);
            old.write(stream, header, most);
            WireFrames.expect(old, payload);
            for (Peer peer : List.of(old, greedy, third)) {
                peer.close();
            }
            server.awaitReleased(3);
        });
    }

    @Test
    void repliesThatWaitTakeNothingFromTheAssemblyBudget() {
        check(stand -> {
            int most = 9000;
            Echo echo = new Echo();
            TestEndpoint server = stand.serve(
                    echo,
                    options -> options.maxFrameBytes(most)
                            .assemblyBudgetBytes(leastAssemblyBudget(stand, most))
                            .sendHighMarkBytes(20 * most));
            List<Stand.Task> writers = new ArrayList<>();
            List<Peer> silent = new ArrayList<>();
            byte[] payload = WireFrames.random(stand.random(), most);
            for (int i = 0; i < 2; i++) {
                // One after the other: two unfinished frames would be more than the budget.
                Peer peer = server.connect();
                silent.add(peer);
                int count = 10;
                long expected = (long) (i + 1) * count;
                writers.add(stand.fork("writer-" + i, () -> {
                    for (int k = 0; k < count; k++) {
                        peer.write(WireFrames.encode(payload));
                    }
                }));
                stand.await("frames", () -> server.endpoint().counters().framesReceived() == expected);
            }
            try (Peer peer = server.connect()) {
                for (int i = 0; i < 5; i++) {
                    expectEcho(peer, WireFrames.random(stand.random(), most));
                }
            }
            writers.forEach(Stand.Task::await);
            server.expectEnds(1, Kind.PEER_CLOSED);
            for (Peer peer : silent) {
                for (int i = 0; i < 10; i++) {
                    WireFrames.expect(peer, payload);
                }
                peer.close();
            }
            server.expectEnds(3, Kind.PEER_CLOSED);
            assertTrue(echo.refusals().isEmpty(), () -> echo.refusals().toString());
        });
    }

    /// The least that the options take.
    private static long leastAssemblyBudget(Stand stand, int maxFrameBytes) {
        long least = Math.max(maxFrameBytes, stand.variation().bufferBytes());
        while (true) {
            try {
                stand.variation()
                        .applyTo(EndpointOptions.client())
                        .maxFrameBytes(maxFrameBytes)
                        .assemblyBudgetBytes(least)
                        .build();
                return least;
            } catch (IllegalArgumentException _) {
                least++;
            }
        }
    }

    /// A frame that is sent in pieces needs room to be put together in.
    private static void expectEchoOfPieces(Stand stand, Peer peer, byte[] payload) throws IOException {
        Random random = new Random(stand.random().nextLong());
        byte[] stream = WireFrames.encode(payload);
        Stand.Task writer = stand.fork("writer", () -> WireFrames.writeInPieces(peer, stream, random, 3000));
        WireFrames.expect(peer, payload);
        writer.await();
    }

    private static void expectEcho(Peer peer, byte[] payload) throws IOException {
        peer.write(WireFrames.encode(payload));
        WireFrames.expect(peer, payload);
    }
}
