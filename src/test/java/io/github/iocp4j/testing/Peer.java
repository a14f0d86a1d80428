package io.github.iocp4j.testing;

import java.io.EOFException;
import java.io.IOException;
import java.net.InetSocketAddress;

/// The far end of a TCP connection, driven by blocking calls. A reset by the other side is a
/// [java.net.SocketException].
public interface Peer extends AutoCloseable {
    InetSocketAddress localAddress();

    InetSocketAddress remoteAddress();

    void write(byte[] bytes, int offset, int length) throws IOException;

    default void write(byte[] bytes) throws IOException {
        write(bytes, 0, bytes.length);
    }

    /// Waits for bytes and takes what there is.
    ///
    /// @return the number of bytes read, at least 1, or -1 at the end of the stream
    int read(byte[] bytes, int offset, int length) throws IOException;

    default int read(byte[] bytes) throws IOException {
        return read(bytes, 0, bytes.length);
    }

    /// Reads exactly `length` bytes.
    ///
    /// @throws EOFException when the stream ends before
    default void readFully(byte[] bytes, int offset, int length) throws IOException {
        int done = 0;
        while (done < length) {
            int count = read(bytes, offset + done, length - done);
            if (count < 0) {
                throw new EOFException("end of stream after " + done + " of " + length + " bytes");
            }
            done += count;
        }
    }

    default byte[] readFully(int length) throws IOException {
        byte[] bytes = new byte[length];
        readFully(bytes, 0, length);
        return bytes;
    }

    /// Sends FIN after what was written; reading goes on.
    void shutdownOutput() throws IOException;

    /// Closes by RST: what the other side has not read yet is destroyed.
    void reset() throws IOException;

    /// Closes by FIN, or by RST when something received was not read. May be called again.
    @Override
    void close() throws IOException;
}
