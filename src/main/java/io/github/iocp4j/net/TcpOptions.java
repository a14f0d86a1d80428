package io.github.iocp4j.net;

/// How the sockets of connections are set: the options of TCP that are worth having on a server.
///
/// Values are for new sockets, by [TcpChannel#apply]; what is the system's default is not touched. An option that
/// the system lacks is skipped, and a warning is logged once. Immutable, and usable on any system.
///
/// @param noDelay whether Nagle's algorithm is off (TCP_NODELAY), which a protocol of questions and answers wants
/// @param keepAlive whether silent peers are probed (SO_KEEPALIVE), so that one that is gone is found out
/// @param keepAliveIdleSeconds how long a connection is silent before the first probe (TCP_KEEPIDLE), in seconds,
/// 1 to 86,400, or [#SYSTEM_DEFAULT], which is two hours
/// @param keepAliveIntervalSeconds how long a probe waits for its answer (TCP_KEEPINTVL), in seconds, 1 to
/// 86,400, or [#SYSTEM_DEFAULT], which is one second
/// @param keepAliveCount how many probes in a row are not answered before the connection counts as reset
/// (TCP_KEEPCNT), 1 to 255, or [#SYSTEM_DEFAULT], which is ten; fixed before Windows 10 version 1703
/// @param sendBufferBytes how much of what was sent Windows copies and keeps (SO_SNDBUF), in bytes, or
/// [#SYSTEM_DEFAULT]. With 0 it copies nothing: a send is over when the peer has confirmed its bytes
/// @param receiveBufferBytes how much Windows keeps of what arrives before it is received (SO_RCVBUF), in bytes,
/// at least 1, or [#SYSTEM_DEFAULT]. A value turns off Windows' own fitting of the TCP window to the connection
public record TcpOptions(
        boolean noDelay,
        boolean keepAlive,
        int keepAliveIdleSeconds,
        int keepAliveIntervalSeconds,
        int keepAliveCount,
        int sendBufferBytes,
        int receiveBufferBytes) {
    /// Whatever Windows does by itself.
    public static final int SYSTEM_DEFAULT = -1;

    /// No delay; all else as Windows has it.
    public static final TcpOptions DEFAULT =
            new TcpOptions(true, false, SYSTEM_DEFAULT, SYSTEM_DEFAULT, SYSTEM_DEFAULT, SYSTEM_DEFAULT, SYSTEM_DEFAULT);

    private static final int DAY_SECONDS = 86_400;
    private static final int MOST_PROBES = 255;
    private static final int MOST_BUFFER_BYTES = 1 << 30;

    /// Refuses values out of their ranges.
    ///
    /// @throws IllegalArgumentException that names the option, the value and the range
    public TcpOptions {
        require("keepAliveIdleSeconds", keepAliveIdleSeconds, 1, DAY_SECONDS);
        require("keepAliveIntervalSeconds", keepAliveIntervalSeconds, 1, DAY_SECONDS);
        require("keepAliveCount", keepAliveCount, 1, MOST_PROBES);
        require("sendBufferBytes", sendBufferBytes, 0, MOST_BUFFER_BYTES);
        require("receiveBufferBytes", receiveBufferBytes, 1, MOST_BUFFER_BYTES);
    }

    /// The same with Nagle's algorithm off or on.
    public TcpOptions withNoDelay(boolean off) {
        return new TcpOptions(
                off,
                keepAlive,
                keepAliveIdleSeconds,
                keepAliveIntervalSeconds,
                keepAliveCount,
                sendBufferBytes,
                receiveBufferBytes);
    }

    /// The same without probes of silent peers, or with probes at the system's times.
    public TcpOptions withKeepAlive(boolean on) {
        return new TcpOptions(
                noDelay, on, SYSTEM_DEFAULT, SYSTEM_DEFAULT, SYSTEM_DEFAULT, sendBufferBytes, receiveBufferBytes);
    }

    /// The same with probes of silent peers.
    public TcpOptions withKeepAlive(int idleSeconds, int intervalSeconds, int count) {
        return new TcpOptions(noDelay, true, idleSeconds, intervalSeconds, count, sendBufferBytes, receiveBufferBytes);
    }

    /// The same with another SO_SNDBUF.
    public TcpOptions withSendBufferBytes(int bytes) {
        return withBuffers(bytes, receiveBufferBytes);
    }

    /// The same with another SO_RCVBUF.
    public TcpOptions withReceiveBufferBytes(int bytes) {
        return withBuffers(sendBufferBytes, bytes);
    }

    private TcpOptions withBuffers(int sendBytes, int receiveBytes) {
        return new TcpOptions(
                noDelay,
                keepAlive,
                keepAliveIdleSeconds,
                keepAliveIntervalSeconds,
                keepAliveCount,
                sendBytes,
                receiveBytes);
    }

    private static void require(String name, int value, int least, int most) {
        if (value != SYSTEM_DEFAULT && (value < least || value > most)) {
            throw new IllegalArgumentException(
                    name + "=" + value + ": must be " + least + " to " + most + ", or SYSTEM_DEFAULT (-1)");
        }
    }
}
