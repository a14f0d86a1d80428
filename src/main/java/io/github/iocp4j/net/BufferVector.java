package io.github.iocp4j.net;

import io.github.iocp4j.internal.win32.Call;

/// The pieces of memory that one gathering send takes its bytes from, in order. It is used again and again by one
/// thread at a time; Windows has read it when the submission returns.
public final class BufferVector {
    /// The most pieces.
    public static final int CAPACITY = Call.MAX_BUFFERS;

    private final long[] addresses = new long[CAPACITY];
    private final int[] lengths = new int[CAPACITY];
    private int count;
    private long totalBytes;

    /// An empty vector.
    public BufferVector() {}

    /// Makes it empty.
    public void clear() {
        count = 0;
        totalBytes = 0;
    }

    /// Adds `length` bytes at `address`.
    ///
    /// @throws IndexOutOfBoundsException when [#CAPACITY] pieces are there already
    public void add(long address, int length) {
        addresses[count] = address;
        lengths[count] = length;
        count++;
        totalBytes += length;
    }

    /// How many pieces there are.
    public int count() {
        return count;
    }

    /// How many bytes all pieces have together.
    public long totalBytes() {
        return totalBytes;
    }

    void copyTo(Call call) {
        for (int i = 0; i < count; i++) {
            call.setBuffer(i, addresses[i], lengths[i]);
        }
    }
}
