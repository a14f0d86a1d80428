package io.github.iocp4j.testing;

/// What an overlapped operation does.
public enum OverlappedKind {
    RECEIVE,
    ZERO_BYTE_RECEIVE,
    SEND,
    ACCEPT,
    CONNECT,
    TRANSMIT
}
