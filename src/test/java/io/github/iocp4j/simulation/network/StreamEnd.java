package io.github.iocp4j.simulation.network;

import java.net.InetSocketAddress;

/// One end of a connection, as the TCP stack of that side sees it. Nothing here waits.
public final class StreamEnd {
    private final InetSocketAddress local;
    private final InetSocketAddress remote;
    private Pipe in;
    private Pipe out;
    private Runnable onChange = () -> {};
    private boolean closed;
    private boolean reset;

    private StreamEnd(InetSocketAddress local, InetSocketAddress remote) {
        this.local = local;
        this.remote = remote;
    }

    /// A connection; the client's end comes first.
    static StreamEnd[] pair(Network network, InetSocketAddress client, InetSocketAddress server) {
        StreamEnd near = new StreamEnd(client, server);
        StreamEnd far = new StreamEnd(server, client);
        Pipe there = new Pipe(network, near, far, network.bufferBytes(), network.bufferBytes());
        Pipe back = new Pipe(network, far, near, network.bufferBytes(), network.bufferBytes());
        near.out = there;
        far.in = there;
        far.out = back;
        near.in = back;
        return new StreamEnd[] {near, far};
    }

    public InetSocketAddress local() {
        return local;
    }

    public InetSocketAddress remote() {
        return remote;
    }

    /// Sets what runs whenever there may be more to read, more room to write, or a reset.
    public void onChange(Runnable action) {
        onChange = action;
    }

    /// Whether a RST came: nothing can be read or written any more.
    public boolean isReset() {
        return reset;
    }

    public boolean isClosed() {
        return closed;
    }

    public int readable() {
        return in.readable();
    }

    /// Whether everything up to the other side's FIN was read.
    public boolean inputEnded() {
        return in.ended();
    }

    public int read(byte[] to, int offset, int length) {
        return in.read(to, offset, length);
    }

    public int writable() {
        return out.writable();
    }

    /// Sends as much as there is room for.
    ///
    /// @return how many bytes that was
    public int write(byte[] from, int offset, int length) {
        return out.write(from, offset, length);
    }

    public void shutdownOutput() {
        out.sendFin();
    }

    public boolean outputEnded() {
        return out.finSent();
    }

    /// Closes by FIN, or by RST when something was not read.
    public void close() {
        if (reset) {
            closed = true;
        } else if (in.readable() > 0) {
            abort();
        } else if (!closed) {
            closed = true;
            out.sendFin();
            in.sinkClosed();
        }
    }

    /// Closes by RST.
    public void abort() {
        boolean told = reset || closed;
        closed = true;
        in.destroy();
        if (!told) {
            out.sendReset();
        }
    }

    void changed() {
        onChange.run();
    }

    void resetArrived() {
        if (!reset) {
            reset = true;
            in.destroy();
            out.destroy();
            onChange.run();
        }
    }

    void answerByReset() {
        out.sendReset();
    }
}
