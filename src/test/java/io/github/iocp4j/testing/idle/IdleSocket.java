package io.github.iocp4j.testing.idle;

/// A socket, and its operations that pend, in order.
final class IdleSocket {
    private static final int MOST = 1 << 7;

    long key;
    boolean skipsOnSuccess;
    boolean ended;

    /// Whether somebody has received: only frames for such a socket are frames that will be answered.
    boolean connected;

    boolean frameReady;
    private final long[] overlappeds = new long[MOST];
    private final long[] addresses = new long[MOST];
    private final int[] lengths = new int[MOST];
    private long put;
    private long taken;
    private long lastAddress;

    void pend(long overlapped, long address, int length) {
        int place = (int) (put++ & (MOST - 1));
        if (put - taken > MOST) {
            throw new AssertionError("more than " + MOST + " operations pend on a socket");
        }
        overlappeds[place] = overlapped;
        addresses[place] = address;
        lengths[place] = length;
    }

    boolean isPending() {
        return put != taken;
    }

    /// Whether the next one is a receive without a buffer.
    boolean isZeroByte() {
        return lengths[(int) (taken & (MOST - 1))] == 0;
    }

    /// Takes the next one.
    ///
    /// @return its OVERLAPPED
    long takePending() {
        int place = (int) (taken++ & (MOST - 1));
        lastAddress = addresses[place];
        return overlappeds[place];
    }

    /// The buffer of the one that was taken last.
    long pendingAddress() {
        return lastAddress;
    }
}
