package io.github.iocp4j.simulation.network;

/// One direction of a connection: what the source has sent and the sink's stack has not got yet, what it has got
/// and nobody has read, and how it ends.
final class Pipe extends Activity {
    private final Network network;
    private final StreamEnd source;
    private final StreamEnd sink;
    private final ByteQueue sent;
    private final ByteQueue arrived;
    private boolean finSent;
    private boolean finArrived;
    private boolean resetSent;

    Pipe(Network network, StreamEnd source, StreamEnd sink, int sendBytes, int receiveBytes) {
        this.network = network;
        this.source = source;
        this.sink = sink;
        sent = new ByteQueue(sendBytes);
        arrived = new ByteQueue(receiveBytes);
    }

    int writable() {
        return sent.room();
    }

    int write(byte[] from, int offset, int length) {
        int count = sent.write(from, offset, length);
        network.wake(this);
        return count;
    }

    int readable() {
        return arrived.size();
    }

    int read(byte[] to, int offset, int length) {
        int count = arrived.read(to, offset, length);
        network.wake(this);
        return count;
    }

    /// FIN follows the bytes.
    void sendFin() {
        finSent = true;
        network.wake(this);
    }

    boolean finSent() {
        return finSent;
    }

    boolean ended() {
        return finArrived && arrived.size() == 0;
    }

    /// RST overtakes the bytes and destroys them.
    void sendReset() {
        sent.clear();
        resetSent = true;
        network.wake(this);
    }

    void destroy() {
        sent.clear();
        arrived.clear();
    }

    /// The sink is there no more: what is under way is answered by RST.
    void sinkClosed() {
        network.wake(this);
    }

    @Override
    protected boolean isReady() {
        if (resetSent || (sent.size() > 0 && sink.isClosed())) {
            return true;
        }
        return sent.size() > 0 ? arrived.room() > 0 : finSent && !finArrived;
    }

    @Override
    protected void step() {
        if (resetSent) {
            resetSent = false;
            sink.resetArrived();
        } else if (sent.size() > 0 && sink.isClosed()) {
            sent.clear();
            sink.answerByReset();
        } else if (sent.size() > 0) {
            sent.moveTo(arrived, network.pieceOf(Math.min(sent.size(), arrived.room())));
            sink.changed();
            source.changed();
        } else {
            finArrived = true;
            sink.changed();
        }
    }
}
