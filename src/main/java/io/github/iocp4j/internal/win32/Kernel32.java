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

    /// Opens or creates a file, for synchronous calls. `fileName` is the address of UTF-16 text with a NUL at its
    /// end. Child processes do not inherit the handle.
    ///
    /// @return the handle, or the negated code
    long CreateFileW(Call call, long fileName, int desiredAccess, int shareMode, int creationDisposition, int flags);

    /// What kind of thing is behind a handle: [Win32#FILE_TYPE_DISK] for a file.
    int GetFileType(Call call, long file);

    /// @return the size in bytes, or the negated code
    long GetFileSizeEx(Call call, long file);

    /// Reads up to `length` bytes from `offset` on, and waits for them.
    ///
    /// @return the number of bytes read, or the negated code (`-ERROR_HANDLE_EOF` when there is none)
    int ReadFile(Call call, long file, long offset, long buffer, int length);

    /// Writes `length` bytes from `offset` on, and waits until they are written.
    ///
    /// @return the number of bytes written, or the negated code
    int WriteFile(Call call, long file, long offset, long buffer, int length);

    /// Renames a file; both names are as for [#CreateFileW]. With no flags a file that has the new name already is
    /// not replaced.
    int MoveFileExW(Call call, long existingFileName, long newFileName, int flags);

    /// `fileName` is as for [#CreateFileW].
    int DeleteFileW(Call call, long fileName);

    /// The system's text for a Win32 or Winsock code, or an empty string.
    String FormatMessageW(int code);
}
