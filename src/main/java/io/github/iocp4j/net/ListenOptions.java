package io.github.iocp4j.net;

import java.time.Duration;

/// How a [TcpListener] listens.
///
/// @param backlog how many connections Windows keeps for us beyond the pending accepts, at least 1
/// @param pendingAccepts how many AcceptEx are kept pending, at least 1; each takes one operation of the port
/// @param dualStack whether listening on an IPv6 address takes IPv4 peers too (IPV6_V6ONLY off); their addresses
/// then look like IPv4. Without it, the same port of `0.0.0.0` and of `::` can be listened to side by side
/// @param withData whether a connection is delivered with its first data ([AcceptHandler#acceptedWithData]), and
/// not before there is some; takes one operation of the port more
/// @param firstData how long a peer may then take to send it, to the second; zero for ever
public record ListenOptions(int backlog, int pendingAccepts, boolean dualStack, boolean withData, Duration firstData) {
    /// Options of a listener that delivers connections as soon as they are made, so that this side may speak
    /// first.
    ///
    /// @throws IllegalArgumentException that names the option, the value and the range
    public ListenOptions(int backlog, int pendingAccepts, boolean dualStack) {
        this(backlog, pendingAccepts, dualStack, false, Duration.ZERO);
    }

    /// Refuses values out of their ranges.
    ///
    /// @throws IllegalArgumentException that names the option, the value and the range
    public ListenOptions {
        if (backlog < 1) {
            throw new IllegalArgumentException("backlog=" + backlog + ": must be 1 or more");
        }
        if (pendingAccepts < 1) {
            throw new IllegalArgumentException("pendingAccepts=" + pendingAccepts + ": must be 1 or more");
        }
        if (firstData.isNegative()) {
            throw new IllegalArgumentException("firstData=" + firstData + ": must be 0 or more");
        }
    }
}
