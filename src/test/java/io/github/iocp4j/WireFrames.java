package io.github.iocp4j;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.iocp4j.testing.Peer;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.SocketException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.List;
import java.util.Random;

/// The wire format as a peer sees it.
final class WireFrames {
    private static final int HEADER_BYTES = 4;

    private WireFrames() {}

    static byte[] header(int length) {
        return ByteBuffer.allocate(HEADER_BYTES)
                .order(ByteOrder.LITTLE_ENDIAN)
                .putInt(length)
                .array();
    }

    /// All payloads as one stream of frames.
    static byte[] encode(List<byte[]> payloads) {
        ByteArrayOutputStream stream = new ByteArrayOutputStream();
        for (byte[] payload : payloads) {
            stream.writeBytes(header(payload.length));
            stream.writeBytes(payload);
        }
        return stream.toByteArray();
    }

    static byte[] encode(byte[]... payloads) {
        return encode(List.of(payloads));
    }

    static byte[] random(Random random, int length) {
        byte[] payload = new byte[length];
        random.nextBytes(payload);
        return payload;
    }

    static byte[] read(Peer peer) throws IOException {
        int length = ByteBuffer.wrap(peer.readFully(HEADER_BYTES))
                .order(ByteOrder.LITTLE_ENDIAN)
                .getInt();
        assertTrue(length >= 0 && length <= 64 << 20, () -> "a header that says " + length);
        return peer.readFully(length);
    }

    static void expect(Peer peer, byte[]... payloads) throws IOException {
        expect(peer, List.of(payloads));
    }

    static void expect(Peer peer, List<byte[]> payloads) throws IOException {
        for (int i = 0; i < payloads.size(); i++) {
            assertArrayEquals(payloads.get(i), read(peer), "frame " + i + " of " + payloads.size());
        }
    }

    /// The stream ends here, by FIN.
    static void expectEnd(Peer peer) throws IOException {
        assertEquals(-1, peer.read(new byte[1]), "the end of the stream");
    }

    /// Reads until the connection turns out to be reset.
    ///
    /// @param hidden whether a reset may look like the end of the stream
    /// @return how many bytes came before
    static int expectReset(Peer peer, boolean hidden) {
        byte[] bytes = new byte[4096];
        int total = 0;
        while (true) {
            int count;
            try {
                count = peer.read(bytes);
            } catch (SocketException _) {
                return total;
            } catch (IOException e) {
                throw new AssertionError("not a reset", e);
            }
            if (count < 0 && hidden) {
                return total;
            }
            if (count < 0) {
                throw new AssertionError("the end of the stream after " + total + " bytes instead of a reset");
            }
            total += count;
        }
    }

    /// Writes in pieces of random sizes.
    static void writeInPieces(Peer peer, byte[] bytes, Random random, int most) throws IOException {
        for (int done = 0; done < bytes.length; ) {
            int count = Math.min(bytes.length - done, 1 + random.nextInt(most));
            peer.write(bytes, done, count);
            done += count;
        }
    }
}
