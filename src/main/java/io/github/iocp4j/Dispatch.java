package io.github.iocp4j;

/// Where an endpoint makes its overlapped calls.
public enum Dispatch {
    /// Every read and send is asked for by a packet on the port and made by the worker that takes it (the
    /// article's section 3.4): the fairest, at the price of one packet more for each turn.
    POSTED,

    /// At once on an I/O worker, by a packet from any other thread.
    AUTO
}
