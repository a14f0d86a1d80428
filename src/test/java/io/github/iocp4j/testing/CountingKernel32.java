package io.github.iocp4j.testing;

import io.github.iocp4j.internal.win32.Call;
import io.github.iocp4j.internal.win32.Kernel32;

/// Counts the calls of kernel32, and the packets that come home through it.
public final class CountingKernel32 implements Kernel32 {
    private final Kernel32 kernel32;
    private final KernelCounts counts;

    public CountingKernel32(Kernel32 kernel32, KernelCounts counts) {
        this.kernel32 = kernel32;
        this.counts = counts;
    }

    @Override
    public long CreateIoCompletionPort(
            Call call,
            long fileHandle,
            long existingCompletionPort,
            long completionKey,
            int numberOfConcurrentThreads) {
        counts.count(CountedCall.CREATE_IO_COMPLETION_PORT);
        return kernel32.CreateIoCompletionPort(
                call, fileHandle, existingCompletionPort, completionKey, numberOfConcurrentThreads);
    }

    @Override
    public int GetQueuedCompletionStatus(Call call, long completionPort, long entry, int milliseconds) {
        counts.count(CountedCall.GET_QUEUED_COMPLETION_STATUS);
        int result = kernel32.GetQueuedCompletionStatus(call, completionPort, entry, milliseconds);
        counts.dequeued(entry, result);
        return result;
    }

    @Override
    public int GetQueuedCompletionStatusEx(Call call, long completionPort, long entries, int count, int milliseconds) {
        counts.count(CountedCall.GET_QUEUED_COMPLETION_STATUS_EX);
        int result = kernel32.GetQueuedCompletionStatusEx(call, completionPort, entries, count, milliseconds);
        counts.dequeued(entries, result);
        return result;
    }

    @Override
    public int PostQueuedCompletionStatus(
            Call call, long completionPort, int numberOfBytesTransferred, long completionKey, long overlapped) {
        counts.count(CountedCall.POST_QUEUED_COMPLETION_STATUS);
        counts.posting(overlapped);
        int result = kernel32.PostQueuedCompletionStatus(
                call, completionPort, numberOfBytesTransferred, completionKey, overlapped);
        if (result < 0) {
            counts.postRefused(overlapped);
        }
        return result;
    }

    @Override
    public int CloseHandle(Call call, long handle) {
        counts.count(CountedCall.CLOSE_HANDLE);
        return kernel32.CloseHandle(call, handle);
    }

    @Override
    public int CancelIoEx(Call call, long handle, long overlapped) {
        counts.count(CountedCall.CANCEL_IO_EX);
        return kernel32.CancelIoEx(call, handle, overlapped);
    }

    @Override
    public int SetFileCompletionNotificationModes(Call call, long handle, int flags) {
        counts.count(CountedCall.SET_FILE_COMPLETION_NOTIFICATION_MODES);
        int result = kernel32.SetFileCompletionNotificationModes(call, handle, flags);
        if (result >= 0) {
            counts.setModes(handle, flags);
        }
        return result;
    }

    @Override
    public long CreateFileW(
            Call call, long fileName, int desiredAccess, int shareMode, int creationDisposition, int flags) {
        counts.count(CountedCall.CREATE_FILE);
        return kernel32.CreateFileW(call, fileName, desiredAccess, shareMode, creationDisposition, flags);
    }

    @Override
    public int GetFileType(Call call, long file) {
        counts.count(CountedCall.GET_FILE_TYPE);
        return kernel32.GetFileType(call, file);
    }

    @Override
    public long GetFileSizeEx(Call call, long file) {
        counts.count(CountedCall.GET_FILE_SIZE_EX);
        return kernel32.GetFileSizeEx(call, file);
    }

    @Override
    public int ReadFile(Call call, long file, long offset, long buffer, int length) {
        counts.count(CountedCall.READ_FILE);
        return kernel32.ReadFile(call, file, offset, buffer, length);
    }

    @Override
    public int WriteFile(Call call, long file, long offset, long buffer, int length) {
        counts.count(CountedCall.WRITE_FILE);
        return kernel32.WriteFile(call, file, offset, buffer, length);
    }

    @Override
    public int MoveFileExW(Call call, long existingFileName, long newFileName, int flags) {
        counts.count(CountedCall.MOVE_FILE_EX);
        return kernel32.MoveFileExW(call, existingFileName, newFileName, flags);
    }

    @Override
    public int DeleteFileW(Call call, long fileName) {
        counts.count(CountedCall.DELETE_FILE);
        return kernel32.DeleteFileW(call, fileName);
    }

    @Override
    public String FormatMessageW(int code) {
        counts.count(CountedCall.FORMAT_MESSAGE);
        return kernel32.FormatMessageW(code);
    }
}
