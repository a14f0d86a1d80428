package io.github.iocp4j;

import io.github.iocp4j.internal.option.Ranges;
import java.time.Duration;

/// How long an endpoint waits for its peers. [Duration#ZERO] is no limit, where there may be none.
///
/// A limit is kept by the port's timer, to within some milliseconds.
///
/// @param connect how long a connect may take; may be none but Windows' own, of some 20 s
/// @param idle after how long without a byte in either direction [EndpointHandler#idle] is called; may be none
/// @param writeStall how long sends may be in flight while the peer takes not one of them, which have up to 256
/// KiB each: less of one is nothing that Windows tells of; may be none
/// @param frame how long a frame may be unfinished, from its first byte, while nothing holds it up here, and how
/// long nothing may come of a file that is being received; may be none
/// @param close how long a graceful close of a connection waits for its sends and for the peer's end
public record TimeLimits(Duration connect, Duration idle, Duration writeStall, Duration frame, Duration close) {
    /// Refuses values out of their ranges: the builder of [EndpointOptions] is the convenient way.
    ///
    /// @throws IllegalArgumentException that names the limit, the value and the range
    public TimeLimits {
        Ranges.requireTimeOrNone("connectTimeout", connect);
        Ranges.requireTimeOrNone("idleTimeout", idle);
        Ranges.requireTimeOrNone("writeStallTimeout", writeStall);
        Ranges.requireTimeOrNone("frameTimeout", frame);
        Ranges.requireTime("closeTimeout", close);
    }
}
