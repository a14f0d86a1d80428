package io.github.iocp4j;

import io.github.iocp4j.memory.IoBuffer;
import io.github.iocp4j.net.TcpChannel;
import io.github.iocp4j.port.IoWorker;

/// The reading side of a connection: how it waits for data, and what has arrived, in stream order.
interface Receiver {
    /// What [#poll] gives when nothing has arrived that is next in order.
    int NOTHING = Integer.MIN_VALUE;

    /// Begins with a new connection.
    void open(TcpChannel channel);

    /// Makes the reads that are due. Whoever calls holds a count.
    ///
    /// @return whether something has arrived meanwhile
    boolean submit(IoWorker worker);

    /// Takes what is next in the stream. Only the holder of the turn calls this.
    ///
    /// @return the number of bytes in [#takeBuffer], 0 for the end of the stream, the negated Winsock code of a
    /// failed read, or [#NOTHING]
    int poll(IoWorker worker);

    /// The buffer of the last [#poll]; it belongs to the caller.
    IoBuffer takeBuffer();

    /// Makes no more reads; those in flight come home.
    void stop();

    /// Ends a wait for memory whose time has come.
    void resume(long now);

    /// Gives up the pages that pending reads lock, if there are any, and waits without a buffer for a while.
    /// Any thread that holds a count.
    ///
    /// @return whether there were any
    boolean spare();

    /// Whether no read is in flight and nothing has arrived that was not taken.
    boolean isDrained();

    /// Releases what nobody has taken, when the last operation of the connection is home.
    void reset();

    void giveBackOperations();
}
