package io.github.iocp4j.simulation;

import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.PriorityQueue;
import org.jspecify.annotations.Nullable;

/// The handles of a process: multiples of four, sockets among others. A value is given out again at once, so that
/// a call on a stale one hits somebody else's object; or never, so that it is found out. The seed decides which.
final class HandleTable {
    private static final int FIRST = 16;

    private final List<@Nullable Object> objects = new ArrayList<>();
    private final PriorityQueue<Integer> free = new PriorityQueue<>();
    private final boolean recycled;

    HandleTable(boolean recycled) {
        this.recycled = recycled;
    }

    long reserve() {
        int index;
        if (free.isEmpty()) {
            index = objects.size();
            objects.add(null);
        } else {
            index = free.remove();
        }
        return (index + FIRST) * 4L;
    }

    void put(long handle, Object object) {
        objects.set(index(handle), object);
    }

    @Nullable
    Object get(long handle) {
        int index = index(handle);
        return handle % 4 != 0 || index < 0 || index >= objects.size() ? null : objects.get(index);
    }

    void remove(long handle) {
        int index = index(handle);
        objects.set(index, null);
        if (recycled) {
            free.add(index);
        }
    }

    /// Takes a handle back that was reserved and not used.
    void giveBack(long handle) {
        free.add(index(handle));
    }

    List<Object> open() {
        return objects.stream().filter(Objects::nonNull).toList();
    }

    private static int index(long handle) {
        return (int) Math.clamp(handle / 4 - FIRST, -1L, Integer.MAX_VALUE);
    }
}
