package io.github.iocp4j.testing;

import io.github.iocp4j.internal.host.Host;
import io.github.iocp4j.internal.win32.Call;
import io.github.iocp4j.internal.win32.Win32;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.stream.Stream;

/// A folder of its own among the temporary files.
public final class FolderFiles implements TestFiles, AutoCloseable {
    private final Host host;
    private final Path folder;

    public FolderFiles(Host host) {
        this.host = host;
        try {
            folder = Files.createTempDirectory("iocp4j-test");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public Path folder() {
        return folder;
    }

    @Override
    public Path create(String name, byte[] content) {
        return result(() -> Files.write(folder.resolve(name), content));
    }

    @Override
    public void resize(Path path, long bytes) {
        long _ = result(() -> {
            try (FileChannel file = FileChannel.open(path, StandardOpenOption.WRITE)) {
                long size = file.size();
                if (bytes > size) {
                    int _ = file.write(ByteBuffer.allocate(1), bytes - 1);
                } else {
                    file.truncate(bytes);
                }
                return size;
            }
        });
    }

    @Override
    public byte[] content(Path path) {
        return result(() -> Files.readAllBytes(path));
    }

    @Override
    public void delete(Path path) {
        boolean _ = result(() -> Files.deleteIfExists(path));
    }

    @Override
    public List<String> names() {
        return result(() -> {
            try (Stream<Path> all = Files.list(folder)) {
                return all.map(each -> each.getFileName().toString()).sorted().toList();
            }
        });
    }

    @Override
    public AutoCloseable lock(Path path) {
        Arena arena = host.newArena();
        MemorySegment name = arena.allocateFrom(path.toString(), StandardCharsets.UTF_16LE);
        Call call = host.calls().acquire();
        long file = host.kernel32()
                .CreateFileW(
                        call, name.address(), Win32.GENERIC_READ, 0, Win32.OPEN_EXISTING, Win32.FILE_ATTRIBUTE_NORMAL);
        host.calls().release(call);
        arena.close();
        if (file < 0) {
            throw new AssertionError("CreateFileW: " + -file);
        }
        return () -> {
            Call closing = host.calls().acquire();
            int _ = host.kernel32().CloseHandle(closing, file);
            host.calls().release(closing);
        };
    }

    @Override
    public void close() {
        for (String name : names()) {
            boolean _ = result(() -> Files.deleteIfExists(folder.resolve(name)));
        }
        boolean _ = result(() -> Files.deleteIfExists(folder));
    }

    private interface Action<T> {
        T run() throws IOException;
    }

    private static <T> T result(Action<T> action) {
        try {
            return action.run();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
