package io.github.iocp4j;

import io.github.iocp4j.port.IoWorker;

/// What becomes of one send queue when its endpoint is short of buffers or nodes: frames wait for the room of
/// their answers, and who was refused without being above the mark, so that no send of the queue will bring a
/// `writable`, is told by the timer.
final class SendShortage {
    private final EndpointResources resources;
    private final NodeShare nodes;
    private final int mostPieces;
    private final MemoryRetry retry;
    private volatile boolean refused;

    SendShortage(ConnectionContext context, EndpointResources resources, NodeShare nodes, int mostPieces) {
        this.resources = resources;
        this.nodes = nodes;
        this.mostPieces = mostPieces;
        retry = new MemoryRetry(context);
    }

    /// A frame is about to be given to the handler.
    ///
    /// @return `false` when an answer might find no buffer: then the alarm brings the turn back
    boolean beginAnswer(IoWorker worker) {
        if (resources.sendBuffers().begin(resources.state(worker))) {
            return true;
        }
        retry.laterUnlessWaiting();
        return false;
    }

    /// The handler has returned.
    void endAnswer(IoWorker worker) {
        resources.sendBuffers().end(resources.state(worker));
    }

    /// A send was refused. Any thread that holds a count.
    void refused() {
        refused = true;
        retry.laterUnlessWaiting();
    }

    /// The alarm has come, perhaps that of a shortage.
    ///
    /// @return whether somebody was refused and there is room now
    boolean resume() {
        if (!retry.isWaiting()) {
            return false;
        }
        retry.resume();
        if (!refused) {
            return false;
        }
        if (!resources.sendBuffers().hasRoom() || !nodes.hasRoom(mostPieces)) {
            retry.later();
            return false;
        }
        refused = false;
        retry.succeeded();
        return true;
    }

    void reset() {
        refused = false;
        retry.reset();
    }
}
