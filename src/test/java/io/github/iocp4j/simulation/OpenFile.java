package io.github.iocp4j.simulation;

import io.github.iocp4j.internal.win32.Win32;

/// A handle of a file.
final class OpenFile {
    final long handle;
    final String name;
    final SimulatedFile file;
    private final int access;
    private final int share;

    /// How many TransmitFile read from it.
    int transmits;

    OpenFile(long handle, String name, SimulatedFile file, int access, int share) {
        this.handle = handle;
        this.name = name;
        this.file = file;
        this.access = access;
        this.share = share;
    }

    boolean mayRead() {
        return (access & Win32.GENERIC_READ) != 0;
    }

    boolean mayWrite() {
        return (access & Win32.GENERIC_WRITE) != 0;
    }

    boolean mayBeDeleted() {
        return (share & Win32.FILE_SHARE_DELETE) != 0;
    }

    /// Whether both handles may be open at once.
    static boolean areCompatible(OpenFile one, OpenFile other) {
        return one.admits(other) && other.admits(one);
    }

    private boolean admits(OpenFile other) {
        boolean reads = !other.mayRead() || (share & Win32.FILE_SHARE_READ) != 0;
        boolean writes = !other.mayWrite() || (share & Win32.FILE_SHARE_WRITE) != 0;
        return reads && writes;
    }

    @Override
    public String toString() {
        return "file " + handle + " (" + name + ")";
    }
}
