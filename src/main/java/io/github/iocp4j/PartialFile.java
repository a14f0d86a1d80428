package io.github.iocp4j;

import io.github.iocp4j.error.WindowsException;
import io.github.iocp4j.internal.file.DiskFile;
import io.github.iocp4j.internal.win32.Win32;
import io.github.iocp4j.memory.IoBuffer;
import java.io.IOException;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/// The file that is received, on the disk: under a partial name beside its own until it is complete. For the steps
/// of its work.
final class PartialFile {
    private static final System.Logger LOG = System.getLogger(IocpEndpoint.class.getName());
    private static final int MOST_NUMBERS = 100;
    private static final int NAME_LENGTH = 200;

    private final FileWork work;
    private final Path target;

    /// What is on the disk under a partial name.
    private @Nullable Path partial;

    PartialFile(FileWork work, Path target) {
        this.work = work;
        this.target = target;
    }

    /// Makes it, empty, under the first partial name that is free.
    ///
    /// @throws WindowsException when it can't be made, or there is a file of its own name
    void create() throws WindowsException {
        if (DiskFile.exists(work.host(), target)) {
            throw new WindowsException("CreateFileW", Win32.ERROR_FILE_EXISTS, target.toString());
        }
        for (int number = 0; partial == null; number++) {
            Path candidate = partialName(number);
            try {
                work.opened(DiskFile.create(work.host(), candidate));
                partial = candidate;
            } catch (WindowsException e) {
                if (e.code() != Win32.ERROR_FILE_EXISTS || number == MOST_NUMBERS) {
                    throw e;
                }
            }
        }
    }

    /// Writes all bytes of a buffer from `offset` on.
    void write(long offset, IoBuffer filled) throws WindowsException {
        work.file().write(offset, filled.address(), filled.used());
    }

    /// Closes it, and gives it its own name.
    void complete() throws WindowsException {
        work.close();
        Path from = partial;
        if (from != null) {
            DiskFile.rename(work.host(), from, target);
            partial = null;
        }
    }

    /// Closes it.
    void keep() {
        work.close();
        partial = null;
    }

    /// Closes and deletes it.
    void delete() {
        work.close();
        Path left = partial;
        partial = null;
        if (left == null) {
            return;
        }
        try {
            DiskFile.delete(work.host(), left);
        } catch (IOException e) {
            LOG.log(System.Logger.Level.WARNING, "a partial file could not be deleted", e);
        }
    }

    private Path partialName(int number) {
        String whole = String.valueOf(target.getFileName());
        String begin = whole.substring(0, Math.min(whole.length(), NAME_LENGTH));
        return target.resolveSibling(number == 0 ? begin + ".partial" : begin + "." + number + ".partial");
    }
}
