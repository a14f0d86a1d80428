package io.github.iocp4j;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.iocp4j.CloseReason.Kind;
import io.github.iocp4j.frame.FrameDecoder;
import io.github.iocp4j.frame.Framing;
import io.github.iocp4j.testing.Peer;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.net.ProtocolException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Queue;
import java.util.Random;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/// Endpoints that speak other protocols than the article's.
abstract class FramingContract extends EndpointContract {
    private static final int MOST = 3000;

    FramingContract(Kernels kernels) {
        super(kernels);
    }

    @Test
    void lineServerAnswersPlainPeers() {
        check(stand -> {
            TestEndpoint server = stand.serve(
                    new Shouting(), options -> options.framing(new Lines()).maxFrameBytes(MOST));
            List<Stand.Task> peers = new ArrayList<>();
            for (int i = 0; i < 3; i++) {
                Random random = new Random(stand.random().nextLong());
                peers.add(stand.fork("peer-" + i, () -> {
                    try (Peer peer = server.connect()) {
                        StringBuilder sent = new StringBuilder();
                        StringBuilder expected = new StringBuilder();
                        for (int k = 0; k < 30; k++) {
                            String line =
                                    "line %d %s".formatted(k, "x".repeat(random.nextInt(40) * random.nextInt(70)));
                            sent.append(line).append(random.nextBoolean() ? "\r\n" : "\n");
                            expected.append(line.toUpperCase(Locale.ROOT)).append("\r\n");
                        }
                        Stand.Task writer = stand.fork("writer", () -> {
                            WireFrames.writeInPieces(peer, bytes(sent), random, 1000);
                            peer.shutdownOutput();
                        });
                        assertEquals(expected.toString(), text(peer.readFully(expected.length())));
                        WireFrames.expectEnd(peer);
                        writer.await();
                    }
                }));
            }
            peers.forEach(Stand.Task::await);
            server.expectEnds(3, Kind.PEER_CLOSED);
        });
    }

    @Test
    void serverWithShortBigEndianHeadersAnswersPlainPeers() {
        check(stand -> {
            TestEndpoint server = stand.serve(new Echo(), options -> options.framing(new ShortPrefixed()));
            assertEquals(0xFFFF, server.options().maxFrameBytes());
            Random random = new Random(stand.random().nextLong());
            ByteArrayOutputStream stream = new ByteArrayOutputStream();
            for (int length : new int[] {0, 1, 0xFF, 0x100, 0, 1000, 0x8000, 0, isSimulated() ? 9000 : 0xFFFF}) {
                Protocol.SHORT_PREFIXED.encode(WireFrames.random(random, length), random, stream);
            }
            try (Peer peer = server.connect()) {
                Stand.Task writer = stand.fork("writer", () -> {
                    WireFrames.writeInPieces(peer, stream.toByteArray(), random, 2000);
                    peer.shutdownOutput();
                });
                assertArrayEquals(stream.toByteArray(), peer.readFully(stream.size()));
                WireFrames.expectEnd(peer);
                writer.await();
            }
            server.expectEnds(1, Kind.PEER_CLOSED);
        });
    }

    @Test
    void rawEndpointPassesBytesOnAsTheyCome() {
        check(stand -> {
            // Smaller than a buffer, perhaps.
            int most = stand.random().nextInt(100, 5000);
            Queue<Integer> lengths = new ConcurrentLinkedQueue<>();
            TestEndpoint server = stand.serve(
                    new Echo() {
                        @Override
                        public void frameReceived(Connection connection, Frame frame) {
                            lengths.add(frame.length());
                            note(connection.send(new byte[0]));
                            super.frameReceived(connection, frame);
                        }
                    },
                    options -> options.framing(Framing.raw()).maxFrameBytes(most));
            byte[] bytes = WireFrames.random(stand.random(), isSimulated() ? 20_000 : 1_000_000);
            Random random = new Random(stand.random().nextLong());
            try (Peer peer = server.connect()) {
                Stand.Task writer = stand.fork("writer", () -> {
                    WireFrames.writeInPieces(peer, bytes, random, 9000);
                    peer.shutdownOutput();
                });
                assertArrayEquals(bytes, peer.readFully(bytes.length));
                WireFrames.expectEnd(peer);
                writer.await();
            }
            server.expectEnds(1, Kind.PEER_CLOSED);
            assertEquals(bytes.length, lengths.stream().mapToInt(each -> each).sum());
            assertTrue(lengths.stream().allMatch(each -> each > 0 && each <= most), lengths::toString);
        });
    }

    @Test
    void clientAndServerSpeakAFramingOfTheirOwn() {
        check(stand -> {
            Framing framing = new ShortPrefixed();
            TestEndpoint server = stand.serve(new Echo(), options -> options.framing(framing));
            int frames = 40;
            AtomicInteger came = new AtomicInteger();
            Queue<String> wrong = new ConcurrentLinkedQueue<>();
            TestEndpoint client = stand.client(
                    new EndpointHandler() {
                        @Override
                        public void connected(Connection connection) {
                            connection.send(new byte[0]);
                        }

                        @Override
                        public void frameReceived(Connection connection, Frame frame) {
                            int number = came.getAndIncrement();
                            if (frame.length() != number * number || (number > 0 && frame.getByte(0) != number)) {
                                wrong.add(frame.length() + " bytes as frame " + number);
                            }
                            if (number == frames) {
                                connection.close();
                                return;
                            }
                            byte[] next = new byte[(number + 1) * (number + 1)];
                            next[0] = (byte) (number + 1);
                            connection.send(next);
                        }
                    },
                    options -> options.framing(framing));
            assertTrue(client.endpoint().connect(server.endpoint().localAddress(), null));
            client.expectEnds(1, Kind.CLOSED);
            server.expectEnds(1, Kind.PEER_CLOSED);
            assertTrue(wrong.isEmpty(), wrong::toString);
            assertEquals(frames + 1, came.get());
        });
    }

    @Test
    void lineWithoutAnEndIsCutAtTheMaximum() {
        check(stand -> {
            TestEndpoint server = stand.serve(
                    new Echo() {
                        @Override
                        public void frameReceived(Connection connection, Frame frame) {
                            note(connection.send(bytes(frame.length() + "\n")));
                        }
                    },
                    options -> options.framing(new Lines()).maxFrameBytes(MOST));
            Random random = new Random(stand.random().nextLong());
            try (Peer peer = server.connect()) {
                WireFrames.writeInPieces(peer, bytes("x".repeat(MOST) + "\r\n" + "y".repeat(MOST)), random, 2000);
                assertEquals("3000\n", text(peer.readFully(5)));
                peer.write(bytes("y"));
                stand.expectReset(peer);
            }
            server.expectEnds(1, Kind.FRAME_TOO_LONG);
        });
    }

    @Test
    void malformedStreamClosesThatConnectionWithTheDecodersWords() {
        check(stand -> {
            TestEndpoint server = stand.serve(
                    new Echo(),
                    options -> options.framing(digits((bytes, from, to, cut) ->
                            cut.malformed("no digit: " + bytes.get(ValueLayout.JAVA_BYTE, from)))));
            failsAlone(stand, server, Kind.FRAME_INVALID);
            CloseReason reason = server.order().reasons().getFirst();
            assertEquals(
                    "no digit: 120",
                    assertInstanceOf(ProtocolException.class, reason.cause()).getMessage());
        });
    }

    @Test
    void decoderThatThrowsClosesThatConnectionOnly() {
        check(stand -> {
            TestEndpoint server = stand.serve(
                    new Echo(),
                    options -> options.framing(digits((_, _, _, _) -> {
                        throw new Deliberate("in decode");
                    })));
            failsAlone(stand, server, Kind.HANDLER_FAILED);
            assertInstanceOf(
                    Deliberate.class, server.order().reasons().getFirst().cause());
        });
    }

    @Test
    void decoderThatDoesNotDecideClosesThatConnectionOnly() {
        check(stand -> {
            TestEndpoint server = stand.serve(new Echo(), options -> options.framing(digits((_, _, _, _) -> {})));
            failsAlone(stand, server, Kind.HANDLER_FAILED);
            Throwable cause = server.order().reasons().getFirst().cause();
            assertTrue(assertInstanceOf(IllegalStateException.class, cause)
                    .getMessage()
                    .contains("took none of"));
        });
    }

    @Test
    void framingThatMakesNoDecoderClosesTheConnection() {
        check(stand -> {
            boolean throwing = stand.random().nextBoolean();
            TestEndpoint server = stand.serve(new Echo(), options -> options.framing(new NoDecoder(throwing)));
            for (int i = 1; i <= 2; i++) {
                Peer peer = server.connect();
                stand.expectReset(peer);
                peer.close();
                server.expectEnds(i, Kind.HANDLER_FAILED);
            }
            Class<? extends Throwable> expected = throwing ? Deliberate.class : NullPointerException.class;
            assertInstanceOf(expected, server.order().reasons().getFirst().cause());
        });
    }

    @Test
    void nextConnectionHasADecoderOfItsOwn() {
        check(stand -> {
            TestEndpoint server = stand.serve(
                    new Echo(), options -> options.framing(new Counting()).maxConnections(1));
            for (int i = 1; i <= 3; i++) {
                try (Peer peer = server.connect()) {
                    peer.write(new byte[] {1, 9, 2, 8, 8});
                    assertArrayEquals(new byte[] {9, 8, 8}, peer.readFully(3));
                    peer.write(new byte[stand.random().nextInt(3)]);
                }
                server.awaitReleased(i);
                stand.await("room", () -> server.endpoint().counters().unreleased() == 0);
            }
        });
    }

    @Test
    void headerThatCannotBeWrittenIsTheSendersErrorOnly() {
        check(stand -> {
            Queue<String> wrong = new ConcurrentLinkedQueue<>();
            TestEndpoint server = stand.serve(
                    new Echo() {
                        @Override
                        public void frameReceived(Connection connection, Frame frame) {
                            expectFailure(wrong, () -> connection.send(new byte[PickyHeader.REFUSED]));
                            super.frameReceived(connection, frame);
                        }
                    },
                    options -> options.framing(new PickyHeader()));
            Peer peer = server.connect();
            Connection connection = server.awaitConnection(0);
            byte[] payload = WireFrames.random(stand.random(), 700);
            for (int i = 0; i < 5; i++) {
                assertThrows(Deliberate.class, () -> connection.send(new byte[PickyHeader.REFUSED]));
                assertThrows(IllegalStateException.class, () -> connection.send(new byte[PickyHeader.TOO_LARGE]));
                peer.write(WireFrames.encode(payload));
                WireFrames.expect(peer, payload);
                assertEquals(SendResult.QUEUED, connection.send(payload));
                WireFrames.expect(peer, payload);
            }
            peer.close();
            server.expectEnds(1, Kind.PEER_CLOSED);
            assertTrue(wrong.isEmpty(), wrong::toString);
            assertEquals(10, server.endpoint().counters().framesSent());
        });
    }

    @Test
    void payloadThatTheFramingCannotExpressIsRefused() {
        check(stand -> {
            TestEndpoint server = stand.serve(new Echo(), options -> options.framing(new ShortPrefixed()));
            try (Peer peer = server.connect()) {
                Connection connection = server.awaitConnection(0);
                IllegalArgumentException refused =
                        assertThrows(IllegalArgumentException.class, () -> connection.send(new byte[70_000]));
                assertEquals("length=70000: a frame has at most maxFrameBytes=65535 bytes", refused.getMessage());
                peer.write(new byte[] {0, 1, 5});
                assertArrayEquals(new byte[] {0, 1, 5}, peer.readFully(3));
            }
            server.expectEnds(1, Kind.PEER_CLOSED);
        });
    }

    /// One connection fails at an `x`, while another one lives on.
    private static void failsAlone(Stand stand, TestEndpoint server, Kind kind) throws IOException {
        try (Peer healthy = server.connect()) {
            healthy.write(bytes("7"));
            assertEquals("7", text(healthy.readFully(1)));
            Peer peer = server.connect();
            peer.write(bytes("7"));
            assertEquals("7", text(peer.readFully(1)));
            peer.write(bytes("x".repeat(Framing.MOST_HEADER_BYTES)));
            stand.expectReset(peer);
            peer.close();
            server.expectEnds(1, kind);
            healthy.write(bytes("7"));
            assertEquals("7", text(healthy.readFully(1)));
        }
        server.awaitReleased(2);
        assertEquals(List.of(kind, Kind.PEER_CLOSED), server.kinds());
    }

    private static void expectFailure(Queue<String> wrong, Runnable send) {
        try {
            send.run();
            wrong.add("no exception");
        } catch (Deliberate _) {
            // As it must be.
        }
    }

    private static byte[] bytes(CharSequence text) {
        return text.toString().getBytes(StandardCharsets.US_ASCII);
    }

    private static String text(byte[] bytes) {
        return new String(bytes, StandardCharsets.US_ASCII);
    }

    /// Each digit is a frame, and anything else is left to `other`.
    private static Framing digits(FrameDecoder other) {
        return new Protocol.ReceiveOnly((bytes, from, to, cut) -> {
            if (Character.isDigit(bytes.get(ValueLayout.JAVA_BYTE, from))) {
                cut.payload(1).end();
            } else {
                other.decode(bytes, from, to, cut);
            }
        });
    }

    /// Answers each line in capitals.
    private static final class Shouting extends Echo {
        @Override
        public void frameReceived(Connection connection, Frame frame) {
            note(connection.send(bytes(text(frame.toByteArray()).toUpperCase(Locale.ROOT) + "\r\n")));
        }
    }

    private record NoDecoder(boolean throwing) implements Framing {
        @Override
        @SuppressWarnings("NullAway") // what it must not return
        public FrameDecoder newDecoder() {
            if (throwing) {
                throw new Deliberate("in newDecoder");
            }
            return null;
        }

        @Override
        public int maxHeaderBytes() {
            return 0;
        }

        @Override
        public int encodeHeader(int payloadBytes, MemorySegment header) {
            return 0;
        }
    }

    /// The first frame of a connection has the length 1, the second one 2, and so on: its decoder remembers that.
    private static final class Counting implements Framing {
        @Override
        public FrameDecoder newDecoder() {
            AtomicInteger frames = new AtomicInteger();
            return (bytes, from, to, cut) -> {
                int number = frames.incrementAndGet();
                if (bytes.get(ValueLayout.JAVA_BYTE, from) != number) {
                    cut.malformed("frame " + number);
                } else {
                    cut.header(1).payload(number).end();
                }
            };
        }

        @Override
        public int maxHeaderBytes() {
            return 0;
        }

        @Override
        public int encodeHeader(int payloadBytes, MemorySegment header) {
            return 0;
        }
    }

    /// The article's, with headers that can't be written.
    private static final class PickyHeader implements Framing {
        static final int REFUSED = 13;
        static final int TOO_LARGE = 14;

        @Override
        public FrameDecoder newDecoder() {
            return Framing.lengthPrefixed().newDecoder();
        }

        @Override
        public int maxHeaderBytes() {
            return 4;
        }

        @Override
        public int encodeHeader(int payloadBytes, MemorySegment header) {
            if (payloadBytes == REFUSED) {
                throw new Deliberate("in encodeHeader");
            }
            int bytes = Framing.lengthPrefixed().encodeHeader(payloadBytes, header);
            return payloadBytes == TOO_LARGE ? bytes + 1 : bytes;
        }
    }
}
