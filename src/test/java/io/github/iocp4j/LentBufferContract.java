package io.github.iocp4j;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.iocp4j.CloseReason.Kind;
import io.github.iocp4j.memory.IoBuffer;
import io.github.iocp4j.testing.Peer;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/// Buffers that a program takes from its endpoint, to build frames in.
abstract class LentBufferContract extends EndpointContract {
    private static final int BUDGET = 16 << 10;
    private static final int MOST = 1000;

    LentBufferContract(Kernels kernels) {
        super(kernels);
    }

    /// Answers each frame, a type and a string, with one that is built from it.
    private static final class Answerer implements EndpointHandler {
        @Override
        public void frameReceived(Connection connection, Frame frame) {
            IoBuffer answer = Objects.requireNonNull(connection.takeBuffer(20 + 2 * frame.length()));
            try {
                answer.appendByte(frame.getUnsignedByte(0) + 1)
                        .appendIntBigEndian(frame.length())
                        .appendString("re: " + frame.getString(1))
                        .appendFrame(frame.asSegment());
                SendResult result = connection.send(answer);
                if (result == SendResult.REFUSED_FULL) {
                    throw new IllegalStateException("an answer was refused");
                }
            } finally {
                answer.release();
            }
        }
    }

    @Test
    void answersAreBuiltInBuffersOfTheConnection() {
        check(stand -> {
            TestEndpoint server = stand.serve(new Answerer(), options -> options.maxFrameBytes(4096));
            try (Peer peer = server.connect()) {
                for (int i = 0; i < 20; i++) {
                    byte[] question = text(i, "x\u00e4".repeat(stand.random().nextInt(300)));
                    peer.write(WireFrames.encode(question));
                    assertArrayEquals(answer(question), WireFrames.read(peer));
                }
            }
            server.expectEnds(1, Kind.PEER_CLOSED);
            assertEquals(0, server.endpoint().counters().memory().buffersOut());
        });
    }

    @Test
    void oneBufferIsSentToManyConnections() {
        check(stand -> {
            TestEndpoint server = stand.serve(new Echo());
            List<Peer> peers = new ArrayList<>();
            for (int i = 0; i < 4; i++) {
                peers.add(server.connect());
            }
            server.awaitConnection(3);
            byte[] payload =
                    WireFrames.random(stand.random(), 1 + stand.random().nextInt(3000));
            IoBuffer buffer = Objects.requireNonNull(server.endpoint().takeBuffer(payload.length));
            buffer.appendBytes(payload);
            for (Connection each : server.order().connections()) {
                assertEquals(SendResult.QUEUED, each.send(buffer));
            }
            buffer.release();
            for (Peer peer : peers) {
                WireFrames.expect(peer, payload);
                peer.close();
            }
            server.expectEnds(4, Kind.PEER_CLOSED);
            assertEquals(0, server.endpoint().counters().memory().buffersOut());
        });
    }

    @Test
    void bufferWithoutDataIsAnEmptyFrame() {
        check(stand -> {
            TestEndpoint server = stand.serve(new Echo());
            try (Peer peer = server.connect()) {
                Connection connection = server.awaitConnection(0);
                IoBuffer buffer = Objects.requireNonNull(connection.takeBuffer(0));
                assertEquals(SendResult.QUEUED, connection.send(buffer));
                assertEquals(SendResult.QUEUED, connection.send(buffer.appendByte(7)));
                buffer.release();
                WireFrames.expect(peer, new byte[0], new byte[] {7});
            }
            server.expectEnds(1, Kind.PEER_CLOSED);
        });
    }

    @Test
    void budgetBoundsWhatIsOutAndStopsNoAnswers() {
        check(stand -> {
            Echo echo = new Echo();
            TestEndpoint server = serveLittle(stand, echo);
            List<IoBuffer> taken = new ArrayList<>();
            long bytes = 0;
            for (IoBuffer each = take(server); each != null; each = take(server)) {
                taken.add(each);
                bytes += each.capacity();
            }
            assertTrue(bytes <= BUDGET && bytes > BUDGET - 2 * MOST, bytes + " bytes were taken");
            assertThrows(IllegalArgumentException.class, () -> server.endpoint().takeBuffer(1 << 20));
            assertThrows(IllegalArgumentException.class, () -> server.endpoint().takeBuffer(-1));
            try (Peer peer = server.connect()) {
                for (int i = 0; i < 30; i++) {
                    byte[] payload =
                            WireFrames.random(stand.random(), stand.random().nextInt(MOST + 1));
                    peer.write(WireFrames.encode(payload));
                    WireFrames.expect(peer, payload);
                }
            }
            server.expectEnds(1, Kind.PEER_CLOSED);
            assertTrue(echo.refusals().isEmpty());
            taken.getFirst().release();
            taken.set(0, Objects.requireNonNull(take(server)));
            taken.forEach(IoBuffer::release);
            assertEquals(0, server.endpoint().counters().memory().buffersOut());
        });
    }

    @Test
    void buffersThatAreOutOutliveTheEndpointWhichNamesThem() {
        check(stand -> {
            TestEndpoint server = stand.serve(new Echo());
            IoBuffer buffer = Objects.requireNonNull(server.endpoint().takeBuffer(100));
            buffer.appendString("text");
            server.endpoint().close();
            assertNull(server.endpoint().takeBuffer(100));
            assertFalse(server.endpoint().counters().isQuiescent());
            assertTrue(server.endpoint().leftOver().contains("buffers"), server.endpoint()::leftOver);
            assertEquals("text", buffer.getString(0));
            MemorySegment memory = buffer.segment();
            buffer.release();
            assertFalse(memory.scope().isAlive());
            assertTrue(server.endpoint().counters().isQuiescent());
        });
    }

    /// A mistake of the program's is refused before anything has begun: it is charged to nobody, and the
    /// connection goes on.
    @Test
    void bufferThatWasReleasedIsNotSent() {
        check(stand -> {
            TestEndpoint server = stand.serve(new Echo(), options -> options.sendHighMarkBytes(1000));
            try (Peer peer = server.connect()) {
                Connection connection = server.awaitConnection(0);
                IoBuffer buffer = Objects.requireNonNull(connection.takeBuffer(100));
                buffer.appendLong(5).release();
                for (int i = 0; i < 20; i++) {
                    assertThrows(IllegalStateException.class, () -> connection.send(buffer));
                    assertThrows(IllegalStateException.class, () -> connection.send(buffer, 0, 8));
                }
                peer.write(WireFrames.encode(new byte[] {9}));
                WireFrames.expect(peer, new byte[] {9});
            }
            server.expectEnds(1, Kind.PEER_CLOSED);
            assertEquals(1, server.endpoint().counters().framesSent());
        });
    }

    private static TestEndpoint serveLittle(Stand stand, EndpointHandler handler) throws IOException {
        int buffer = stand.variation().bufferBytes();
        return stand.serve(
                handler,
                options -> options.maxFrameBytes(MOST)
                        .sendHighMarkBytes(0)
                        .sendLimitBytes(Math.max(MOST, buffer) + 4)
                        .sendBudgetBytes(BUDGET));
    }

    private static @Nullable IoBuffer take(TestEndpoint server) {
        return server.endpoint().takeBuffer(MOST);
    }

    private static byte[] text(int type, String text) {
        byte[] encoded = text.getBytes(StandardCharsets.UTF_8);
        return ByteBuffer.allocate(encoded.length + 2)
                .put((byte) type)
                .put(encoded)
                .array();
    }

    /// What a peer of the article's expects, by its own means.
    private static byte[] answer(byte[] question) {
        int text = question.length - 1;
        return ByteBuffer.allocate(5 + 4 + text + 4 + question.length)
                .put((byte) (question[0] + 1))
                .putInt(question.length)
                .put("re: ".getBytes(StandardCharsets.US_ASCII))
                .put(question, 1, text)
                .order(ByteOrder.LITTLE_ENDIAN)
                .putInt(question.length)
                .put(question)
                .array();
    }
}
