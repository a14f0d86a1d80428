package io.github.iocp4j;

/// What an endpoint has counted, at one moment: exact once it is closed, before that the numbers may be a few
/// events apart.
///
/// @param connections connections that are open now
/// @param unreleased connections whose last operation is not home yet, open ones included
/// @param pendingIo what the pending-I/O counts of all connections add up to
/// @param operationsTaken operations that are taken from the port
/// @param operationsInFlight operations that belong to Windows
/// @param buffersOut buffers that are outside their pools
/// @param accepted connections that were accepted and served
/// @param refused connections that were accepted and reset, because there were as many as allowed
/// @param connected connections that were made by `connect`
/// @param connectsRetried connects that Windows refused for want of memory, and that were tried again
/// @param framesReceived frames that were given to the handler
/// @param bytesReceived bytes that were received, headers included
/// @param framesSent frames that were taken by `send`
/// @param bytesSent bytes that were sent, headers included
/// @param sendsRefused calls of `send` that were answered with [SendResult#REFUSED_FULL]
/// @param readsParked reads that came home before an earlier one, and waited for it
/// @param readsInline reads that were done at once, without a packet
/// @param sendsInline sends that were done at once, without a packet
public record EndpointCounters(
        int connections,
        int unreleased,
        long pendingIo,
        int operationsTaken,
        int operationsInFlight,
        int buffersOut,
        long accepted,
        long refused,
        long connected,
        long connectsRetried,
        long framesReceived,
        long bytesReceived,
        long framesSent,
        long bytesSent,
        long sendsRefused,
        long readsParked,
        long readsInline,
        long sendsInline) {
    /// Whether nothing is left over, as it must be after a close: no connection, no pending I/O, no operation, no
    /// buffer.
    public boolean isQuiescent() {
        return unreleased == 0 && pendingIo == 0 && operationsTaken == 0 && buffersOut == 0;
    }
}
