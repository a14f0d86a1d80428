package io.github.iocp4j.simulation.network;

/// Sizes and delays.
///
/// @param smallestBufferBytes the least a send or receive buffer holds
/// @param largestBufferBytes the most a send or receive buffer holds
/// @param latePercent how often something is late
/// @param lateMicros by how much at most
/// @param refusedAtOncePercent how often a refused connect is known at once, and not after [#refusedMillis]
/// @param refusedMillis how long a client tries before it takes a refusal for one
public record NetworkOptions(
        int smallestBufferBytes,
        int largestBufferBytes,
        int latePercent,
        int lateMicros,
        int refusedAtOncePercent,
        int refusedMillis) {
    public static final NetworkOptions DEFAULT = new NetworkOptions(512, 8192, 1, 20_000, 50, 2_000);
}
