package io.github.iocp4j.testing;

import java.nio.file.Path;
import java.util.List;

/// The files of a test, in one folder of the machine.
public interface TestFiles {
    Path folder();

    Path create(String name, byte[] content);

    /// Makes a file longer, by zeros, or shorter.
    void resize(Path path, long bytes);

    byte[] content(Path path);

    void delete(Path path);

    /// The names of all files in the folder, sorted.
    List<String> names();

    /// Opens a file so that nobody else can.
    AutoCloseable lock(Path path);

    /// Leaves room for so many bytes on the disk.
    ///
    /// @return whether the machine can do that
    default boolean limitDisk(long bytes) {
        return false;
    }
}
