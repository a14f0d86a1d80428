package io.github.iocp4j.simulation.scheduler;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/// What happened in a run, in order: who did what, when, with which numbers. Two runs of one seed have equal
/// histories, so nothing may be recorded that differs between processes, such as an address or an identity hash.
public final class History {
    private static final int NUMBERS = 4;

    private String[] threads = new String[256];
    private String[] events = new String[256];
    private long[] numbers = new long[256 * NUMBERS];
    private int size;

    void add(String thread, String event, long clockNanos, long a, long b, long c) {
        if (size == events.length) {
            threads = Arrays.copyOf(threads, size * 2);
            events = Arrays.copyOf(events, size * 2);
            numbers = Arrays.copyOf(numbers, size * 2 * NUMBERS);
        }
        threads[size] = thread;
        events[size] = event;
        int at = size * NUMBERS;
        numbers[at] = clockNanos;
        numbers[at + 1] = a;
        numbers[at + 2] = b;
        numbers[at + 3] = c;
        size++;
    }

    public int size() {
        return size;
    }

    /// The events as text, from number `first` on.
    public List<String> lines(int first) {
        List<String> lines = new ArrayList<>();
        for (int i = Math.max(0, first); i < size; i++) {
            int at = i * NUMBERS;
            lines.add("%,d ns %s: %s %d, %d -> %d"
                    .formatted(numbers[at], threads[i], events[i], numbers[at + 1], numbers[at + 2], numbers[at + 3]));
        }
        return lines;
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof History that
                && size == that.size
                && Arrays.equals(threads, 0, size, that.threads, 0, size)
                && Arrays.equals(events, 0, size, that.events, 0, size)
                && Arrays.equals(numbers, 0, size * NUMBERS, that.numbers, 0, size * NUMBERS);
    }

    @Override
    public int hashCode() {
        int hash = size;
        for (int i = 0; i < size; i++) {
            hash = 31 * hash + threads[i].hashCode() + 7 * events[i].hashCode();
        }
        for (int i = 0; i < size * NUMBERS; i++) {
            hash = 31 * hash + Long.hashCode(numbers[i]);
        }
        return hash;
    }

    @Override
    public String toString() {
        return size + " events";
    }
}
