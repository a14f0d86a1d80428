package io.github.iocp4j.testing;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;

/// The two streams of a peer.
public final class PeerStreams {
    private PeerStreams() {}

    public static InputStream input(Peer peer) {
        return new InputStream() {
            @Override
            public int read() throws IOException {
                byte[] one = new byte[1];
                return peer.read(one) < 0 ? -1 : one[0] & 0xff;
            }

            @Override
            public int read(byte[] bytes, int offset, int length) throws IOException {
                return length == 0 ? 0 : peer.read(bytes, offset, length);
            }
        };
    }

    public static OutputStream output(Peer peer) {
        return new OutputStream() {
            @Override
            public void write(int b) throws IOException {
                peer.write(new byte[] {(byte) b});
            }

            @Override
            public void write(byte[] bytes, int offset, int length) throws IOException {
                peer.write(bytes, offset, length);
            }
        };
    }
}
