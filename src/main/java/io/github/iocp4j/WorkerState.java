package io.github.iocp4j;

import io.github.iocp4j.net.BufferVector;

/// What one I/O worker of an endpoint has for itself: its counts, which only it writes and which others may see
/// a little late, and the vector in which it gathers sends.
final class WorkerState {
    final BufferVector vector = new BufferVector();

    long framesReceived;
    long bytesReceived;
    long framesSent;
    long bytesSent;
    long readsParked;
    long readsInline;
    long sendsInline;
    long packetsPosted;
}
