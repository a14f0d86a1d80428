package io.github.iocp4j.simulation;

import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;

/// A file of the simulated machine: sparse, so that it may be larger than memory.
final class SimulatedFile {
    private static final int BLOCK_BYTES = 4096;

    /// The handles that are open.
    final List<OpenFile> handles = new ArrayList<>();

    private final TreeMap<Long, byte[]> blocks = new TreeMap<>();
    private long size;

    long size() {
        return size;
    }

    /// How many bytes of the disk it takes.
    long allocated() {
        return (long) blocks.size() * BLOCK_BYTES;
    }

    void resize(long bytes) {
        if (bytes < size) {
            blocks.tailMap(bytes / BLOCK_BYTES, false).clear();
            byte[] last = blocks.get(bytes / BLOCK_BYTES);
            for (int i = (int) (bytes % BLOCK_BYTES); last != null && i < BLOCK_BYTES; i++) {
                last[i] = 0;
            }
        }
        size = bytes;
    }

    /// What there is from `offset` on, at most `length` bytes.
    byte[] read(long offset, int length) {
        byte[] bytes = new byte[Math.clamp(size - offset, 0, length)];
        for (int done = 0; done < bytes.length; ) {
            long at = offset + done;
            int inBlock = (int) (at % BLOCK_BYTES);
            int count = Math.min(BLOCK_BYTES - inBlock, bytes.length - done);
            byte[] block = blocks.get(at / BLOCK_BYTES);
            if (block != null) {
                System.arraycopy(block, inBlock, bytes, done, count);
            }
            done += count;
        }
        return bytes;
    }

    void write(long offset, byte[] bytes) {
        for (int done = 0; done < bytes.length; ) {
            long at = offset + done;
            int inBlock = (int) (at % BLOCK_BYTES);
            int count = Math.min(BLOCK_BYTES - inBlock, bytes.length - done);
            byte[] block = blocks.computeIfAbsent(at / BLOCK_BYTES, _ -> new byte[BLOCK_BYTES]);
            System.arraycopy(bytes, done, block, inBlock, count);
            done += count;
        }
        size = Math.max(size, offset + bytes.length);
    }
}
