package io.github.iocp4j.internal.file;

import io.github.iocp4j.error.WindowsException;
import io.github.iocp4j.internal.host.Host;
import io.github.iocp4j.internal.win32.Call;
import io.github.iocp4j.internal.win32.Win32;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;

/// An open file. All calls block: they are for file workers. One thread at a time.
///
/// Source: CreateFileW, GetFileSizeEx, ReadFile, WriteFile, MoveFileExW, DeleteFileW, CloseHandle.
public final class DiskFile implements AutoCloseable {
    /// From about here on Windows needs the prefix that turns off its own parsing of paths.
    private static final int LONG_PATH = 240;

    private final Host host;
    private final Path path;
    private final long handle;

    private DiskFile(Host host, Path path, long handle) {
        this.host = host;
        this.path = path;
        this.handle = handle;
    }

    /// Opens a file to be read from front to back. Others may read, write and delete it meanwhile.
    ///
    /// @throws WindowsException when it can't be opened, or is no file: a folder, a pipe, a device
    public static DiskFile openToRead(Host host, Path path) throws WindowsException {
        int share = Win32.FILE_SHARE_READ | Win32.FILE_SHARE_WRITE | Win32.FILE_SHARE_DELETE;
        DiskFile file = open(host, path, Win32.GENERIC_READ, share, Win32.OPEN_EXISTING);
        Call call = host.calls().acquire();
        int type = host.kernel32().GetFileType(call, file.handle);
        host.calls().release(call);
        if (type != Win32.FILE_TYPE_DISK) {
            file.close();
            throw new WindowsException("GetFileType", Win32.ERROR_INVALID_NAME, path + " is no file");
        }
        return file;
    }

    /// Makes a file that did not exist, to be written. Nobody else may write to it meanwhile.
    ///
    /// @throws WindowsException when it can't be made: ERROR_FILE_EXISTS when there is one
    public static DiskFile create(Host host, Path path) throws WindowsException {
        return open(host, path, Win32.GENERIC_WRITE, Win32.FILE_SHARE_READ, Win32.CREATE_NEW);
    }

    /// Whether there is a file of this name, as far as it can be seen.
    public static boolean exists(Host host, Path path) {
        int share = Win32.FILE_SHARE_READ | Win32.FILE_SHARE_WRITE | Win32.FILE_SHARE_DELETE;
        try (DiskFile _ = open(host, path, 0, share, Win32.OPEN_EXISTING)) {
            return true;
        } catch (WindowsException e) {
            return e.code() != Win32.ERROR_FILE_NOT_FOUND && e.code() != Win32.ERROR_PATH_NOT_FOUND;
        }
    }

    /// Gives a closed file another name, which no file has yet.
    ///
    /// @throws WindowsException when it can't: ERROR_ALREADY_EXISTS when there is one
    public static void rename(Host host, Path from, Path to) throws WindowsException {
        try (Arena names = host.newArena()) {
            Call call = host.calls().acquire();
            int result = host.kernel32().MoveFileExW(call, name(names, from), name(names, to), 0);
            host.calls().release(call);
            check("MoveFileExW", result, from + " to " + to);
        }
    }

    /// Deletes a closed file.
    ///
    /// @throws WindowsException when it can't
    public static void delete(Host host, Path path) throws WindowsException {
        try (Arena names = host.newArena()) {
            Call call = host.calls().acquire();
            int result = host.kernel32().DeleteFileW(call, name(names, path));
            host.calls().release(call);
            check("DeleteFileW", result, path.toString());
        }
    }

    /// The HANDLE, for TransmitFile; it stays the file's.
    public long handle() {
        return handle;
    }

    /// The size in bytes.
    ///
    /// @throws WindowsException when it can't be asked for
    public long size() throws WindowsException {
        Call call = host.calls().acquire();
        long size = host.kernel32().GetFileSizeEx(call, handle);
        host.calls().release(call);
        check("GetFileSizeEx", (int) Math.min(size, 0), path.toString());
        return size;
    }

    /// Reads up to `length` bytes from `offset` on.
    ///
    /// @return how many there were; 0 at the end of the file
    /// @throws WindowsException when they can't be read
    public int read(long offset, long address, int length) throws WindowsException {
        Call call = host.calls().acquire();
        int read = host.kernel32().ReadFile(call, handle, offset, address, length);
        host.calls().release(call);
        if (read == -Win32.ERROR_HANDLE_EOF) {
            return 0;
        }
        check("ReadFile", read, path.toString());
        return read;
    }

    /// Writes `length` bytes from `offset` on.
    ///
    /// @throws WindowsException when they can't be written: ERROR_DISK_FULL when there is no room
    public void write(long offset, long address, int length) throws WindowsException {
        int done = 0;
        while (done < length) {
            Call call = host.calls().acquire();
            int written = host.kernel32().WriteFile(call, handle, offset + done, address + done, length - done);
            host.calls().release(call);
            check("WriteFile", written == 0 ? -Win32.ERROR_DISK_FULL : written, path.toString());
            done += written;
        }
    }

    /// Closes the handle: once.
    @Override
    public void close() {
        Call call = host.calls().acquire();
        int _ = host.kernel32().CloseHandle(call, handle);
        host.calls().release(call);
    }

    private static DiskFile open(Host host, Path path, int access, int share, int disposition) throws WindowsException {
        try (Arena names = host.newArena()) {
            Call call = host.calls().acquire();
            long handle = host.kernel32()
                    .CreateFileW(
                            call,
                            name(names, path),
                            access,
                            share,
                            disposition,
                            Win32.FILE_ATTRIBUTE_NORMAL | Win32.FILE_FLAG_SEQUENTIAL_SCAN);
            host.calls().release(call);
            check("CreateFileW", (int) Math.min(handle, 0), path.toString());
            return new DiskFile(host, path, handle);
        }
    }

    private static void check(String name, int result, String detail) throws WindowsException {
        if (result < 0) {
            throw new WindowsException(name, -result, detail);
        }
    }

    private static long name(Arena names, Path path) {
        String text = path.toAbsolutePath().toString();
        if (text.length() >= LONG_PATH && text.startsWith(":\\", 1)) {
            text = "\\\\?\\" + text;
        } else if (text.length() >= LONG_PATH && text.startsWith("\\\\") && !text.startsWith("\\\\?\\")) {
            text = "\\\\?\\UNC" + text.substring(1);
        }
        byte[] utf16 = (text + '\0').getBytes(StandardCharsets.UTF_16LE);
        MemorySegment memory = names.allocate(utf16.length, Character.BYTES);
        MemorySegment.copy(utf16, 0, memory, ValueLayout.JAVA_BYTE, 0, utf16.length);
        return memory.address();
    }
}
