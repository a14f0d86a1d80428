package io.github.iocp4j.internal.win32;

/// Microsoft's extensions of Winsock, reached by pointers that `WSAIoctl(SIO_GET_EXTENSION_FUNCTION_POINTER)`
/// gives.
///
/// Results are as in [Winsock]: not negative on success, else the negated code of `WSAGetLastError`.
public interface WinsockExtensions {
    /// @return 0 when done at once, `-WSA_IO_PENDING` when a packet will come, else the negated code of the
    /// refusal
    int AcceptEx(
            Call call,
            long listenSocket,
            long acceptSocket,
            long outputBuffer,
            int receiveDataLength,
            int localAddressLength,
            int remoteAddressLength,
            long overlapped);

    /// Finds the two addresses in an AcceptEx buffer; they are left in `call`: [Call#localAddress] and
    /// [Call#remoteAddress], which point into `outputBuffer`.
    void GetAcceptExSockaddrs(
            Call call, long outputBuffer, int receiveDataLength, int localAddressLength, int remoteAddressLength);

    /// @return 0 when done at once, `-WSA_IO_PENDING` when a packet will come, else the negated code of the
    /// refusal
    int ConnectEx(Call call, long socket, long name, int nameLength, long overlapped);

    /// Sends `length` bytes of a file, from the offset on that stands in the OVERLAPPED. At most 2,147,483,646
    /// bytes; 0 would be the rest of the file.
    ///
    /// @return 0 when done at once, `-WSA_IO_PENDING` when a packet will come, else the negated code of the
    /// refusal
    int TransmitFile(Call call, long socket, long file, int length, long overlapped, int flags);
}
