package io.github.iocp4j.simulation.network;

/// A bounded queue of bytes.
final class ByteQueue {
    private final byte[] bytes;
    private int first;
    private int size;

    ByteQueue(int capacity) {
        bytes = new byte[capacity];
    }

    int size() {
        return size;
    }

    int room() {
        return bytes.length - size;
    }

    /// Takes in as much as there is room for.
    int write(byte[] from, int offset, int length) {
        int count = Math.min(length, room());
        int end = (first + size) % bytes.length;
        int straight = Math.min(count, bytes.length - end);
        System.arraycopy(from, offset, bytes, end, straight);
        System.arraycopy(from, offset + straight, bytes, 0, count - straight);
        size += count;
        return count;
    }

    /// Gives out as much as there is.
    int read(byte[] to, int offset, int length) {
        int count = Math.min(length, size);
        int straight = Math.min(count, bytes.length - first);
        System.arraycopy(bytes, first, to, offset, straight);
        System.arraycopy(bytes, 0, to, offset + straight, count - straight);
        first = (first + count) % bytes.length;
        size -= count;
        return count;
    }

    void moveTo(ByteQueue other, int count) {
        int straight = Math.min(count, bytes.length - first);
        other.write(bytes, first, straight);
        other.write(bytes, 0, count - straight);
        first = (first + count) % bytes.length;
        size -= count;
    }

    void clear() {
        size = 0;
    }
}
