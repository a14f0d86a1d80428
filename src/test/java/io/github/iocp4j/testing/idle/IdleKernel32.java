package io.github.iocp4j.testing.idle;

import io.github.iocp4j.internal.win32.Call;
import io.github.iocp4j.internal.win32.Kernel32;
import io.github.iocp4j.internal.win32.Win32;

/// The idle `kernel32.dll`.
final class IdleKernel32 implements Kernel32 {
    private final IdleKernel kernel;

    IdleKernel32(IdleKernel kernel) {
        this.kernel = kernel;
    }

    @Override
    public long CreateIoCompletionPort(
            Call call,
            long fileHandle,
            long existingCompletionPort,
            long completionKey,
            int numberOfConcurrentThreads) {
        if (fileHandle != Win32.INVALID_HANDLE_VALUE) {
            kernel.associate(fileHandle, completionKey);
        }
        return IdleKernel.PORT;
    }

    @Override
    public int GetQueuedCompletionStatus(Call call, long completionPort, long entry, int milliseconds) {
        return kernel.dequeue(entry, 1, milliseconds);
    }

    @Override
    public int GetQueuedCompletionStatusEx(Call call, long completionPort, long entries, int count, int milliseconds) {
        return kernel.dequeue(entries, count, milliseconds);
    }

    @Override
    public int PostQueuedCompletionStatus(
            Call call, long completionPort, int numberOfBytesTransferred, long completionKey, long overlapped) {
        kernel.post(completionKey, numberOfBytesTransferred, overlapped);
        return 1;
    }

    @Override
    public int CloseHandle(Call call, long handle) {
        return 1;
    }

    @Override
    public int CancelIoEx(Call call, long handle, long overlapped) {
        kernel.cancel(handle);
        return 1;
    }

    @Override
    public int SetFileCompletionNotificationModes(Call call, long handle, int flags) {
        if ((flags & Win32.FILE_SKIP_COMPLETION_PORT_ON_SUCCESS) != 0) {
            kernel.skipOnSuccess(handle);
        }
        return 1;
    }

    @Override
    public long CreateFileW(
            Call call, long fileName, int desiredAccess, int shareMode, int creationDisposition, int flags) {
        throw noFiles();
    }

    @Override
    public int GetFileType(Call call, long file) {
        throw noFiles();
    }

    @Override
    public long GetFileSizeEx(Call call, long file) {
        throw noFiles();
    }

    @Override
    public int ReadFile(Call call, long file, long offset, long buffer, int length) {
        throw noFiles();
    }

    @Override
    public int WriteFile(Call call, long file, long offset, long buffer, int length) {
        throw noFiles();
    }

    @Override
    public int MoveFileExW(Call call, long existingFileName, long newFileName, int flags) {
        throw noFiles();
    }

    @Override
    public int DeleteFileW(Call call, long fileName) {
        throw noFiles();
    }

    @Override
    public String FormatMessageW(int code) {
        return "";
    }

    private static AssertionError noFiles() {
        return new AssertionError("the idle kernel has no files");
    }
}
