package io.github.iocp4j;

import java.net.InetSocketAddress;
import org.jspecify.annotations.Nullable;

/// Where a connection comes from.
///
/// @param local the address of this side
/// @param remote the address of the peer
/// @param accepted whether the peer has made it
/// @param attachment what was given to [IocpEndpoint#connect]
record Origin(
        InetSocketAddress local,
        InetSocketAddress remote,
        boolean accepted,
        @Nullable Object attachment) {}
