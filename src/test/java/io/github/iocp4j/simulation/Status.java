package io.github.iocp4j.simulation;

/// NTSTATUS values that operations end with, and codes that `Win32` has no use for.
final class Status {
    static final int SUCCESS = 0;
    static final int PENDING = 0x103;
    static final int HANDLES_CLOSED = 0x8000000A;
    static final int END_OF_FILE = 0xC0000011;
    static final int INSUFFICIENT_RESOURCES = 0xC000009A;
    static final int IO_TIMEOUT = 0xC00000B5;
    static final int CANCELLED = 0xC0000120;
    static final int LOCAL_DISCONNECT = 0xC000013B;
    static final int REMOTE_DISCONNECT = 0xC000013C;
    static final int CONNECTION_RESET = 0xC000020D;
    static final int CONNECTION_REFUSED = 0xC0000236;

    static final int ERROR_NO_SYSTEM_RESOURCES = 1450;
    static final int WSAEINVAL = 10022;
    static final int WSAEFAULT = 10014;
    static final int WSAENOPROTOOPT = 10042;
    static final int WSAEOPNOTSUPP = 10045;
    static final int WSAEAFNOSUPPORT = 10047;
    static final int WSAEADDRINUSE = 10048;
    static final int WSAEADDRNOTAVAIL = 10049;
    static final int WSAEISCONN = 10056;
    static final int WSAESHUTDOWN = 10058;
    static final int WSANOTINITIALISED = 10093;

    private Status() {}
}
