package io.github.iocp4j.internal.win32;

/// The calls of `ws2_32.dll` that this library makes, by their Win32 names.
///
/// Every call returns a value that is not negative on success, and else the negated code that `WSAGetLastError`
/// gave for that very call. Pointers are addresses; whoever passes one keeps its memory alive for as long as the
/// call's documentation says. WSASend and WSARecv take their WSABUF array from `call`. Any thread may call; `call`
/// belongs to the caller until the call returns.
public interface Winsock {
    /// Asks for Winsock 2.2. Every success needs one [#WSACleanup].
    int WSAStartup(Call call);

    int WSACleanup(Call call);

    /// @return the SOCKET, or the negated code
    long WSASocketW(Call call, int family, int type, int protocol, int flags);

    int closesocket(Call call, long socket);

    int bind(Call call, long socket, long name, int nameLength);

    int listen(Call call, long socket, int backlog);

    /// Writes the socket's local address to `name`.
    ///
    /// @return the length of what was written, in bytes, or the negated code
    int getsockname(Call call, long socket, long name, int nameCapacity);

    int setsockopt(Call call, long socket, int level, int option, long value, int valueLength);

    /// @return the length of what was written, in bytes, or the negated code
    int getsockopt(Call call, long socket, int level, int option, long value, int valueCapacity);

    int ioctlsocket(Call call, long socket, int command, int argument);

    int shutdown(Call call, long socket, int how);

    /// Gives `inputLength` bytes at `input` to the socket's provider: for codes that have no output and are done
    /// when the call returns.
    int WSAIoctl(Call call, long socket, int controlCode, long input, int inputLength);

    /// Receives into the first `bufferCount` buffers of `call`.
    ///
    /// With `overlapped` = 0 on a non-blocking socket the call does not wait and returns the number of bytes
    /// received, 0 at the end of the stream. With an OVERLAPPED it returns 0 when done at once and
    /// `-WSA_IO_PENDING` when a packet will come; the OVERLAPPED and the data then belong to Windows until that
    /// packet has been taken from the port.
    int WSARecv(Call call, long socket, int bufferCount, long overlapped);

    /// Sends the first `bufferCount` buffers of `call`. `overlapped` and the result are as for [#WSARecv].
    int WSASend(Call call, long socket, int bufferCount, long overlapped);

    /// Writes a WSAPROTOCOL_INFOW array of all protocols to `protocols`.
    ///
    /// @return the number of protocols, or the negated code (`-WSAENOBUFS` when `capacityBytes` is too small)
    int WSAEnumProtocolsW(Call call, long protocols, int capacityBytes);

    /// Looks up AcceptEx, ConnectEx, GetAcceptExSockaddrs and TransmitFile by WSAIoctl, as the provider of
    /// `socket` has them.
    ///
    /// @throws UnsatisfiedLinkError naming the function that the provider lacks, and the code
    WinsockExtensions extensions(Call call, long socket);
}
