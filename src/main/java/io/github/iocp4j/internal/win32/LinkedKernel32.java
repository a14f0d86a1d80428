package io.github.iocp4j.internal.win32;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SymbolLookup;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;

/// The calls of `kernel32.dll` by the Foreign Function & Memory API. The class can be initialised on Windows
/// only.
public final class LinkedKernel32 implements Kernel32 {
    private static final String SOURCE = "GetLastError";
    private static final long CODE = Linkage.offset(SOURCE);

    // Static and final, so that the JIT compiler turns each call into the native one.
    private static final Linkage DLL = new Linkage("kernel32", SOURCE);
    private static final MethodHandle CREATE_IO_COMPLETION_PORT = DLL.link("CreateIoCompletionPort");
    private static final MethodHandle GET_QUEUED_COMPLETION_STATUS = DLL.link("GetQueuedCompletionStatus");
    private static final MethodHandle GET_QUEUED_COMPLETION_STATUS_EX = DLL.link("GetQueuedCompletionStatusEx");
    private static final MethodHandle POST_QUEUED_COMPLETION_STATUS = DLL.link("PostQueuedCompletionStatus");
    private static final MethodHandle CLOSE_HANDLE = DLL.link("CloseHandle");
    private static final MethodHandle CANCEL_IO_EX = DLL.link("CancelIoEx");
    private static final MethodHandle SET_FILE_COMPLETION_NOTIFICATION_MODES =
            DLL.link("SetFileCompletionNotificationModes");
    private static final MethodHandle CREATE_FILE = DLL.link("CreateFileW");
    private static final MethodHandle GET_FILE_TYPE = DLL.link("GetFileType");
    private static final MethodHandle GET_FILE_SIZE_EX = DLL.link("GetFileSizeEx");
    private static final MethodHandle READ_FILE = DLL.link("ReadFile");
    private static final MethodHandle WRITE_FILE = DLL.link("WriteFile");
    private static final MethodHandle MOVE_FILE_EX = DLL.link("MoveFileExW");
    private static final MethodHandle DELETE_FILE = DLL.link("DeleteFileW");

    private static final int FALSE = 0;

    /// Offsets in an OVERLAPPED_ENTRY.
    private static final long KEY = 0;

    private static final long OVERLAPPED = 8;
    private static final long BYTES = 24;

    /// Where a synchronous call has its OVERLAPPED, in [Call#address], and what it counts, in [Call#out].
    private static final int OFFSET = 16;

    private static final int OVERLAPPED_BYTES = 32;

    /// NULL is failure, code in GetLastError.
    @Override
    public long CreateIoCompletionPort(
            Call call,
            long fileHandle,
            long existingCompletionPort,
            long completionKey,
            int numberOfConcurrentThreads) {
        try {
            long port = (long) CREATE_IO_COMPLETION_PORT.invokeExact(
                    call.state(), fileHandle, existingCompletionPort, completionKey, numberOfConcurrentThreads);
            return port != 0 ? port : Linkage.failure(call, CODE);
        } catch (Throwable e) {
            throw Linkage.broken(e);
        }
    }

    /// FALSE without an OVERLAPPED is failure, code in GetLastError; FALSE with one is a failed operation's
    /// packet.
    @Override
    public int GetQueuedCompletionStatus(Call call, long completionPort, long entry, int milliseconds) {
        try {
            // Not every failure writes it.
            Linkage.MEMORY.set(ValueLayout.JAVA_LONG, entry + OVERLAPPED, 0);
            int done = (int) GET_QUEUED_COMPLETION_STATUS.invokeExact(
                    call.state(), completionPort, entry + BYTES, entry + KEY, entry + OVERLAPPED, milliseconds);
            boolean taken = done != FALSE || Linkage.MEMORY.get(ValueLayout.JAVA_LONG, entry + OVERLAPPED) != 0;
            return taken ? 1 : Linkage.failure(call, CODE);
        } catch (Throwable e) {
            throw Linkage.broken(e);
        }
    }

    /// FALSE is failure, code in GetLastError; the count means nothing then.
    @Override
    public int GetQueuedCompletionStatusEx(Call call, long completionPort, long entries, int count, int milliseconds) {
        try {
            int done = (int) GET_QUEUED_COMPLETION_STATUS_EX.invokeExact(
                    call.state(), completionPort, entries, count, call.out().address(), milliseconds, FALSE);
            return done != FALSE ? call.out().get(ValueLayout.JAVA_INT, 0) : Linkage.failure(call, CODE);
        } catch (Throwable e) {
            throw Linkage.broken(e);
        }
    }

    @Override
    public int PostQueuedCompletionStatus(
            Call call, long completionPort, int numberOfBytesTransferred, long completionKey, long overlapped) {
        try {
            return result(call, (int) POST_QUEUED_COMPLETION_STATUS.invokeExact(
                    call.state(), completionPort, numberOfBytesTransferred, completionKey, overlapped));
        } catch (Throwable e) {
            throw Linkage.broken(e);
        }
    }

    @Override
    public int CloseHandle(Call call, long handle) {
        try {
            return result(call, (int) CLOSE_HANDLE.invokeExact(call.state(), handle));
        } catch (Throwable e) {
            throw Linkage.broken(e);
        }
    }

    @Override
    public int CancelIoEx(Call call, long handle, long overlapped) {
        try {
            return result(call, (int) CANCEL_IO_EX.invokeExact(call.state(), handle, overlapped));
        } catch (Throwable e) {
            throw Linkage.broken(e);
        }
    }

    @Override
    public int SetFileCompletionNotificationModes(Call call, long handle, int flags) {
        try {
            return result(
                    call, (int) SET_FILE_COMPLETION_NOTIFICATION_MODES.invokeExact(call.state(), handle, (byte) flags));
        } catch (Throwable e) {
            throw Linkage.broken(e);
        }
    }

    /// INVALID_HANDLE_VALUE is failure, code in GetLastError.
    @Override
    public long CreateFileW(
            Call call, long fileName, int desiredAccess, int shareMode, int creationDisposition, int flags) {
        try {
            long file = (long) CREATE_FILE.invokeExact(
                    call.state(), fileName, desiredAccess, shareMode, 0L, creationDisposition, flags, 0L);
            return file != Win32.INVALID_HANDLE_VALUE ? file : Linkage.failure(call, CODE);
        } catch (Throwable e) {
            throw Linkage.broken(e);
        }
    }

    /// Has no failure that concerns us: an unknown kind is no file.
    @Override
    public int GetFileType(Call call, long file) {
        try {
            return (int) GET_FILE_TYPE.invokeExact(call.state(), file);
        } catch (Throwable e) {
            throw Linkage.broken(e);
        }
    }

    @Override
    public long GetFileSizeEx(Call call, long file) {
        try {
            int done = (int)
                    GET_FILE_SIZE_EX.invokeExact(call.state(), file, call.out().address());
            return done != FALSE ? call.out().get(ValueLayout.JAVA_LONG, 0) : Linkage.failure(call, CODE);
        } catch (Throwable e) {
            throw Linkage.broken(e);
        }
    }

    @Override
    public int ReadFile(Call call, long file, long offset, long buffer, int length) {
        try {
            int done = (int) READ_FILE.invokeExact(
                    call.state(), file, buffer, length, call.out().address(), at(call, offset));
            return done != FALSE ? call.out().get(ValueLayout.JAVA_INT, 0) : Linkage.failure(call, CODE);
        } catch (Throwable e) {
            throw Linkage.broken(e);
        }
    }

    @Override
    public int WriteFile(Call call, long file, long offset, long buffer, int length) {
        try {
            int done = (int) WRITE_FILE.invokeExact(
                    call.state(), file, buffer, length, call.out().address(), at(call, offset));
            return done != FALSE ? call.out().get(ValueLayout.JAVA_INT, 0) : Linkage.failure(call, CODE);
        } catch (Throwable e) {
            throw Linkage.broken(e);
        }
    }

    @Override
    public int MoveFileExW(Call call, long existingFileName, long newFileName, int flags) {
        try {
            return result(call, (int) MOVE_FILE_EX.invokeExact(call.state(), existingFileName, newFileName, flags));
        } catch (Throwable e) {
            throw Linkage.broken(e);
        }
    }

    @Override
    public int DeleteFileW(Call call, long fileName) {
        try {
            return result(call, (int) DELETE_FILE.invokeExact(call.state(), fileName));
        } catch (Throwable e) {
            throw Linkage.broken(e);
        }
    }

    @Override
    public String FormatMessageW(int code) {
        return SystemMessages.text(code);
    }

    /// The address of an OVERLAPPED that says where in its file a synchronous call begins. The call is over when
    /// it returns, and so is Windows' use of it.
    private static long at(Call call, long offset) {
        MemorySegment overlapped = call.address().asSlice(0, OVERLAPPED_BYTES).fill((byte) 0);
        overlapped.set(ValueLayout.JAVA_LONG, OFFSET, offset);
        return overlapped.address();
    }

    /// A BOOL as this interface has it: FALSE is failure, code in GetLastError.
    private static int result(Call call, int done) {
        return done != FALSE ? 0 : Linkage.failure(call, CODE);
    }

    /// Apart from the rest, since few programs ever need it.
    private static final class SystemMessages {
        private static final MethodHandle FORMAT_MESSAGE = Linkage.linkPlain(
                SymbolLookup.libraryLookup("kernel32", Arena.global()).findOrThrow("FormatMessageW"), "FormatMessageW");

        private static final int CAPACITY_CHARS = 1024;
        private static final MemorySegment BUFFER = Arena.global().allocate(ValueLayout.JAVA_CHAR, CAPACITY_CHARS);

        /// A text of the system's table, as it is, in one line.
        private static final int FLAGS = Win32.FORMAT_MESSAGE_FROM_SYSTEM
                | Win32.FORMAT_MESSAGE_IGNORE_INSERTS
                | Win32.FORMAT_MESSAGE_MAX_WIDTH_MASK;

        static synchronized String text(int code) {
            try {
                int chars = (int) FORMAT_MESSAGE.invokeExact(FLAGS, 0L, code, 0, BUFFER.address(), CAPACITY_CHARS, 0L);
                return new String(BUFFER.asSlice(0, 2L * chars).toArray(ValueLayout.JAVA_CHAR)).strip();
            } catch (Throwable e) {
                throw Linkage.broken(e);
            }
        }
    }
}
