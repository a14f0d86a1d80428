package io.github.iocp4j.internal.file;

/// How much of a file goes into one TransmitFile: from little on, twice as much as long as each part is out
/// within a second, half as much when it isn't.
public final class ChunkSize {
    private static final int FIRST_BYTES = 256 << 10;
    private static final int LEAST_BYTES = 64 << 10;
    private static final long TARGET_NANOS = 1_000_000_000L;

    private final int mostBytes;
    private int bytes;

    /// @param mostBytes no part is larger
    public ChunkSize(int mostBytes) {
        this.mostBytes = mostBytes;
        bytes = Math.min(FIRST_BYTES, mostBytes);
    }

    /// The size of the next part of a file with `left` bytes to go.
    public int next(long left) {
        return (int) Math.min(bytes, left);
    }

    /// A part is out.
    public void took(long nanos) {
        if (nanos > TARGET_NANOS) {
            bytes = Math.max(LEAST_BYTES, bytes / 2);
        } else if (nanos < TARGET_NANOS / 2) {
            bytes = (int) Math.min(mostBytes, 2L * bytes);
        }
    }
}
