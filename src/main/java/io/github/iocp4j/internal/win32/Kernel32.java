package io.github.iocp4j.internal.win32;

/// The calls of `kernel32.dll` that this library makes, by their Win32 names.
///
/// Every call returns a value that is not negative on success, and else the negated code that `GetLastError` gave
/// for that very call. Pointers are addresses; whoever passes one keeps its memory alive for as long as the call's
/// documentation says. Any thread may call; `call` belongs to the caller until the call returns.
public interface Kernel32 {
    /// Creates a port (`fileHandle` = [Win32#INVALID_HANDLE_VALUE], `existingCompletionPort` = 0), or associates a
    /// handle.
    ///
    /// @return the port's handle, or the negated code
    long CreateIoCompletionPort(
            Call call, long fileHandle, long existingCompletionPort, long completionKey, int numberOfConcurrentThreads);

    /// Takes one packet and writes it to the OVERLAPPED_ENTRY at `entry`; a packet of a failed operation counts as
    /// taken. The entry's `Internal` member is not written: the status stands in the OVERLAPPED.
    ///
    /// @return 1, or the negated code (`-WAIT_TIMEOUT` when no packet came in time)
    int GetQueuedCompletionStatus(Call call, long completionPort, long entry, int milliseconds);

    /// Takes up to `count` packets and writes them to the OVERLAPPED_ENTRY array at `entries`.
    ///
    /// @return the number of packets taken, or the negated code (`-WAIT_TIMEOUT` when none came in time)
    int GetQueuedCompletionStatusEx(Call call, long completionPort, long entries, int count, int milliseconds);

    int PostQueuedCompletionStatus(
            Call call, long completionPort, int numberOfBytesTransferred, long completionKey, long overlapped);

    int CloseHandle(Call call, long handle);

    /// `overlapped` = 0 cancels all operations of this process on `handle`.
    int CancelIoEx(Call call, long handle, long overlapped);

    int SetFileCompletionNotificationModes(Call call, long handle, int flags);

    /// The system's text for a Win32 or Winsock code, or an empty string.
    String FormatMessageW(int code);
}
