package io.github.iocp4j.simulation;

import io.github.iocp4j.internal.win32.Call;
import io.github.iocp4j.internal.win32.Win32;
import io.github.iocp4j.simulation.SimulatedMemory.Region;
import io.github.iocp4j.testing.TestFiles;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/// The disk of the simulated machine: one folder, whose names don't know small letters from large ones, and the
/// file calls of `kernel32.dll`. As on Windows a file can't be renamed or deleted while a handle forbids it.
final class SimulatedFiles implements TestFiles {
    private static final String FOLDER = "/disk";
    private static final ValueLayout.OfChar UTF_16 = ValueLayout.JAVA_CHAR_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

    private final SimulatedKernel kernel;
    private final Map<String, SimulatedFile> files = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);
    private long capacity = Long.MAX_VALUE;

    SimulatedFiles(SimulatedKernel kernel) {
        this.kernel = kernel;
    }

    long create(Call call, long name, int access, int share, int disposition) {
        return kernel.call(call, "CreateFileW", access, disposition, () -> {
            String path = text(name);
            if (Path.of(path).getParent() == null || !path.startsWith(FOLDER + "/")) {
                return -Win32.ERROR_PATH_NOT_FOUND;
            }
            SimulatedFile file = files.get(path);
            if (disposition == Win32.CREATE_NEW) {
                if (file != null) {
                    return -Win32.ERROR_FILE_EXISTS;
                }
                file = new SimulatedFile();
            } else if (disposition != Win32.OPEN_EXISTING) {
                throw kernel.fail("CreateFileW with disposition " + disposition + " is not simulated");
            }
            return file == null ? -Win32.ERROR_FILE_NOT_FOUND : open(path, file, access, share);
        });
    }

    long size(Call call, long handle) {
        return kernel.call(call, "GetFileSizeEx", handle, 0, () -> {
            OpenFile open = file(handle, "GetFileSizeEx");
            return open == null ? -Win32.ERROR_INVALID_HANDLE : open.file.size();
        });
    }

    int type(Call call, long handle) {
        return (int) kernel.call(
                call, "GetFileType", handle, 0, () -> file(handle, "GetFileType") == null ? 0 : Win32.FILE_TYPE_DISK);
    }

    int read(Call call, long handle, long offset, long buffer, int length) {
        return (int) kernel.call(call, "ReadFile", handle, offset, () -> {
            OpenFile open = file(handle, "ReadFile");
            Region region = kernel.memory.region(buffer, length, "ReadFile");
            kernel.inFlight.checkWrite(region, "ReadFile");
            if (open == null || !open.mayRead()) {
                return open == null ? -Win32.ERROR_INVALID_HANDLE : -Win32.ERROR_ACCESS_DENIED;
            }
            byte[] bytes = open.file.read(offset, length);
            MemorySegment.copy(bytes, 0, region.segment(), ValueLayout.JAVA_BYTE, 0, bytes.length);
            return bytes.length == 0 && length > 0 ? -Win32.ERROR_HANDLE_EOF : bytes.length;
        });
    }

    int write(Call call, long handle, long offset, long buffer, int length) {
        return (int) kernel.call(call, "WriteFile", handle, offset, () -> {
            OpenFile open = file(handle, "WriteFile");
            Region region = kernel.memory.region(buffer, length, "WriteFile");
            kernel.inFlight.checkRead(region, "WriteFile");
            if (open == null || !open.mayWrite()) {
                return open == null ? -Win32.ERROR_INVALID_HANDLE : -Win32.ERROR_ACCESS_DENIED;
            }
            long used =
                    files.values().stream().mapToLong(SimulatedFile::allocated).sum();
            if (used + length > capacity) {
                return -Win32.ERROR_DISK_FULL;
            }
            open.file.write(offset, region.segment().toArray(ValueLayout.JAVA_BYTE));
            return length;
        });
    }

    int move(Call call, long existingName, long newName, int flags) {
        return (int) kernel.call(call, "MoveFileExW", flags, 0, () -> {
            String from = text(existingName);
            String to = text(newName);
            SimulatedFile file = files.get(from);
            if (file == null) {
                return -Win32.ERROR_FILE_NOT_FOUND;
            }
            if (files.containsKey(to)) {
                return -Win32.ERROR_ALREADY_EXISTS;
            }
            if (!file.handles.stream().allMatch(OpenFile::mayBeDeleted)) {
                return -Win32.ERROR_SHARING_VIOLATION;
            }
            files.remove(from);
            files.put(to, file);
            return 1;
        });
    }

    int delete(Call call, long name) {
        return (int) kernel.call(call, "DeleteFileW", 0, 0, () -> {
            String path = text(name);
            SimulatedFile file = files.get(path);
            if (file == null) {
                return -Win32.ERROR_FILE_NOT_FOUND;
            }
            if (!file.handles.isEmpty()) {
                return -Win32.ERROR_SHARING_VIOLATION;
            }
            files.remove(path);
            return 1;
        });
    }

    /// A handle is closed.
    void close(OpenFile open) {
        if (open.transmits > 0) {
            throw kernel.fail("CloseHandle on " + open + " while TransmitFile reads from it");
        }
        open.file.handles.remove(open);
        kernel.handles.remove(open.handle);
    }

    @Nullable
    OpenFile file(long handle, String name) {
        if (kernel.handles.get(handle) instanceof OpenFile open) {
            return open;
        }
        kernel.closedHandle(handle, name);
        return null;
    }

    @Override
    public Path folder() {
        return Path.of(FOLDER);
    }

    @Override
    public Path create(String name, byte[] content) {
        Path path = folder().resolve(name);
        SimulatedFile file = new SimulatedFile();
        file.write(0, content);
        files.put(path.toString(), file);
        return path;
    }

    @Override
    public void resize(Path path, long bytes) {
        existing(path).resize(bytes);
    }

    @Override
    public byte[] content(Path path) {
        SimulatedFile file = existing(path);
        return file.read(0, Math.toIntExact(file.size()));
    }

    @Override
    public void delete(Path path) {
        files.remove(path.toString());
    }

    @Override
    public List<String> names() {
        return files.keySet().stream()
                .map(each -> each.substring(FOLDER.length() + 1))
                .sorted()
                .toList();
    }

    @Override
    public AutoCloseable lock(Path path) {
        SimulatedFile file = existing(path);
        OpenFile exclusive = new OpenFile(0, path.toString(), file, Win32.GENERIC_READ, 0);
        file.handles.add(exclusive);
        return () -> file.handles.remove(exclusive);
    }

    @Override
    public boolean limitDisk(long bytes) {
        capacity = bytes;
        return true;
    }

    private SimulatedFile existing(Path path) {
        SimulatedFile file = files.get(path.toString());
        if (file == null) {
            throw new AssertionError("there is no " + path);
        }
        return file;
    }

    private long open(String path, SimulatedFile file, int access, int share) {
        OpenFile open = new OpenFile(kernel.handles.reserve(), path, file, access, share);
        if (!file.handles.stream().allMatch(other -> OpenFile.areCompatible(open, other))) {
            kernel.handles.giveBack(open.handle);
            return -Win32.ERROR_SHARING_VIOLATION;
        }
        file.handles.add(open);
        files.put(path, file);
        kernel.handles.put(open.handle, open);
        return open.handle;
    }

    private String text(long address) {
        StringBuilder text = new StringBuilder();
        for (long at = address; ; at += Character.BYTES) {
            char c = kernel.memory
                    .region(at, Character.BYTES, "a file's name")
                    .segment()
                    .get(UTF_16, 0);
            if (c == 0) {
                return text.toString();
            }
            text.append(c);
        }
    }
}
