package io.github.iocp4j;

import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.atomic.AtomicReferenceArray;
import org.jspecify.annotations.Nullable;

/// What the program has posted to a connection, in order, until it is delivered: the article's `PostPackage`.
///
/// A ring of numbered places. Any thread takes a number and then fills its place; the holder of the turn empties
/// the places in order, and waits for none: who has filled one wakes it up. When the connection ends, the holder
/// closes the ring. A place that has a number but is not filled by then is closed too, and who comes to fill it is
/// refused after all. So whatever was taken is delivered, and what was not is the caller's still. Nothing is
/// allocated but the ring itself, with the first packet.
final class PostedPackets {
    static final int CAPACITY = 64;

    private static final long CLOSED = Long.MIN_VALUE;
    private static final Object GONE = new Object();

    private final AtomicReference<@Nullable AtomicReferenceArray<@Nullable Object>> ring = new AtomicReference<>();

    /// The next number to be taken; negative when closed.
    private final AtomicLong tail = new AtomicLong();

    /// The next number to be delivered: written by the holder of the turn.
    private volatile long head;

    /// Takes a packet. Whoever calls holds a count.
    ///
    /// @return `false` when there are [#CAPACITY] under way, or the connection has ended
    boolean offer(Object packet) {
        AtomicReferenceArray<@Nullable Object> places = places();
        while (true) {
            long number = tail.get();
            if (number < 0 || number - head >= CAPACITY) {
                return false;
            }
            if (tail.compareAndSet(number, number + 1)) {
                return places.compareAndSet(place(number), null, packet);
            }
        }
    }

    /// Whether [#poll] has one to give. Only the holder of the turn asks.
    boolean hasNext() {
        AtomicReferenceArray<@Nullable Object> places = ring.get();
        return places != null && places.get(place(head)) != null;
    }

    /// Takes out the next packet, if there is one. For the holder of the turn.
    @Nullable
    Object poll() {
        AtomicReferenceArray<@Nullable Object> places = ring.get();
        Object packet = places == null ? null : places.get(place(head));
        if (places != null && packet != null) {
            places.set(place(head), null);
            deliveredUpTo(head + 1);
        }
        return packet;
    }

    /// Takes no more packets, and takes out the next one of those that there are. For the holder of the turn, at
    /// the end of the connection, until there is none.
    @Nullable
    Object pollLast() {
        long end = tail.getAndUpdate(number -> number | CLOSED) & ~CLOSED;
        AtomicReferenceArray<@Nullable Object> places = ring.get();
        Object packet = null;
        while (places != null && packet == null && head < end) {
            packet = places.getAndSet(place(head), GONE);
            deliveredUpTo(head + 1);
        }
        return packet;
    }

    /// The last operation of the connection is home: nobody else is here.
    void reset() {
        AtomicReferenceArray<@Nullable Object> places = ring.get();
        for (int i = 0; places != null && i < CAPACITY; i++) {
            places.set(i, null);
        }
        deliveredUpTo(0);
        tail.set(0);
    }

    private void deliveredUpTo(long number) {
        head = number;
    }

    private AtomicReferenceArray<@Nullable Object> places() {
        AtomicReferenceArray<@Nullable Object> places = ring.get();
        if (places != null) {
            return places;
        }
        AtomicReferenceArray<@Nullable Object> made = new AtomicReferenceArray<>(CAPACITY);
        AtomicReferenceArray<@Nullable Object> other = ring.compareAndExchange(null, made);
        return other == null ? made : other;
    }

    private static int place(long number) {
        return (int) (number % CAPACITY);
    }
}
