package io.github.iocp4j;

/// How an endpoint waits for data. Frames arrive in stream order in every mode.
public enum ReadMode {
    /// One zero-byte overlapped read waits; when it is home, non-blocking reads take what is there. An idle
    /// connection holds no buffer and locks no page: the article's answer to WSAENOBUFS (section 3.6.1), for very
    /// many connections.
    ZERO_BYTE,

    /// [EndpointOptions.Builder#pendingReads] overlapped reads with real buffers are always pending: more
    /// throughput for each connection, at the price of locked pages (the article's Q6).
    PENDING
}
