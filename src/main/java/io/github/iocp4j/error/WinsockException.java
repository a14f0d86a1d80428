package io.github.iocp4j.error;

/// A socket call that failed, for example `WSARecv: WSAECONNRESET (10054)`.
public class WinsockException extends WindowsException {
    private static final long serialVersionUID = 1;

    /// Makes the exception for a failed socket call, or for a socket operation that ended with an error.
    ///
    /// @param call the function that failed, by its Win32 name
    /// @param code what `WSAGetLastError` gave, or the operation's status by [NtStatus#toWinsockError]
    public WinsockException(String call, int code) {
        super(call, code, WinsockErrors.symbol(code), "");
    }

    /// Makes the exception for a failed socket call of which there is more to say than its code.
    ///
    /// @param call the function that failed, by its Win32 name
    /// @param code what `WSAGetLastError` gave
    /// @param detail for the end of the message, such as the address that the call was about
    public WinsockException(String call, int code, String detail) {
        super(call, code, WinsockErrors.symbol(code), detail);
    }
}
