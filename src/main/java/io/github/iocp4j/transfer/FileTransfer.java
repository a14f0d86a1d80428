package io.github.iocp4j.transfer;

import java.nio.file.Path;

/// One file on its way over a connection. Any thread may ask it; what it says of its progress may be a moment old.
public interface FileTransfer {
    /// Whether this side sends.
    boolean isOutgoing();

    /// The name that is on the wire.
    String name();

    /// Where the file lies; for one that is received, where it will lie once it is complete.
    Path path();

    /// The size of the file in bytes, or -1 while a file to be sent is not open yet.
    long sizeBytes();

    /// How many bytes were sent, or written to the disk.
    long transferredBytes();

    /// Gives up. Before the file's bytes have begun the connection goes on, unless the peer wants the file all
    /// the same, whose answer was on its way. Afterwards a sender's abort closes it, by a reset, because nothing on
    /// the wire could tell the peer; a receiver throws away what still comes, of which the sender is told nothing.
    /// Later calls do nothing, nor does one on a file that is complete.
    void abort();
}
