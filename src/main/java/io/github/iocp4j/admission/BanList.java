package io.github.iocp4j.admission;

import java.net.InetAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicIntegerArray;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/// Addresses and ranges of addresses that may not connect, each for ever or for a time. Any thread may use it at
/// any time; it is looked at when a connection is accepted, without a lock, and does nothing to connections that
/// there are.
///
/// It has a size. When it is full, and no ban has run out, a new one is refused and counted: those who are in
/// stay in, so that nobody gets out by having many others banned.
///
/// Source: the article's ban list (`SIMPLESECURITY`), which had IPv4 only, in a linear list, for ever.
public final class BanList {
    /// A ban.
    ///
    /// @param range whom it is for
    /// @param left how much of its time is left, or `null` when it is for ever
    public record Ban(AddressRange range, @Nullable Duration left) {}

    /// How often a full list looks for bans that have run out, in nanoseconds.
    private static final long SWEEP_NANOS = 100_000_000L;

    private static final long LONGEST_NANOS = Long.MAX_VALUE / 4;

    /// When a ban ends, in nanoseconds of the clock.
    private record End(boolean never, long nanos) {
        boolean isOver(long now) {
            return !never && now - nanos >= 0;
        }

        boolean isBefore(End other) {
            return !never && (other.never || nanos - other.nanos < 0);
        }
    }

    private final int most;
    private final LongSupplier nanoTime;
    private final Map<AddressRange, End> ends = new ConcurrentHashMap<>();

    /// How many bans there are of each number of bits: only these are looked for.
    private final AtomicIntegerArray ofBits = new AtomicIntegerArray(AddressRange.ALL_BITS + 1);

    /// Held by who changes the list.
    private final ReentrantLock lock = new ReentrantLock();

    private final AtomicLong refused = new AtomicLong();
    private long sweptAt;
    private boolean swept;

    /// An empty list.
    ///
    /// @param most how many bans it holds
    /// @param nanoTime the clock, as [System#nanoTime]
    public BanList(int most, LongSupplier nanoTime) {
        if (most < 0) {
            throw new IllegalArgumentException("most=" + most + ": must be 0 or more");
        }
        this.most = most;
        this.nanoTime = nanoTime;
    }

    /// Bans a range for ever.
    ///
    /// @return `false` when the list is full
    public boolean ban(AddressRange range) {
        return put(range, new End(true, 0));
    }

    /// Bans a range for a time, or longer where it is banned for longer already.
    ///
    /// @param time some 70 years at most; of more, as much
    /// @return `false` when the list is full
    /// @throws IllegalArgumentException when the time is not above zero
    public boolean ban(AddressRange range, Duration time) {
        if (!time.isPositive()) {
            throw new IllegalArgumentException("time=" + time + ": must be above zero");
        }
        boolean countable = time.compareTo(Duration.ofNanos(LONGEST_NANOS)) < 0;
        return put(range, new End(false, nanoTime.getAsLong() + (countable ? time.toNanos() : LONGEST_NANOS)));
    }

    /// Ends the ban of exactly this range; a wider one that it lies in goes on.
    ///
    /// @return whether there was one
    public boolean unban(AddressRange range) {
        lock.lock();
        try {
            End end = remove(range);
            return end != null && !end.isOver(nanoTime.getAsLong());
        } finally {
            lock.unlock();
        }
    }

    /// Ends all bans: the article's `ClearBanList`.
    public void clear() {
        lock.lock();
        try {
            List.copyOf(ends.keySet()).forEach(this::remove);
        } finally {
            lock.unlock();
        }
    }

    /// Whether an address may not connect now.
    public boolean isBanned(InetAddress address) {
        if (ends.isEmpty()) {
            return false;
        }
        AddressRange single = AddressRange.of(address);
        long now = nanoTime.getAsLong();
        for (int bits = AddressRange.ALL_BITS; bits >= 0; bits--) {
            if (ofBits.get(bits) > 0) {
                End end = ends.get(new AddressRange(single.high(), single.low(), bits));
                if (end != null && !end.isOver(now)) {
                    return true;
                }
            }
        }
        return false;
    }

    /// The bans that there are now, in no order.
    public List<Ban> entries() {
        long now = nanoTime.getAsLong();
        List<Ban> bans = new ArrayList<>();
        ends.forEach((range, end) -> {
            if (!end.isOver(now)) {
                bans.add(new Ban(range, end.never ? null : Duration.ofNanos(end.nanos - now)));
            }
        });
        return bans;
    }

    /// How many bans there are, some of which may have run out.
    public int size() {
        return ends.size();
    }

    /// How many bans were refused, because the list was full.
    public long refused() {
        return refused.get();
    }

    private boolean put(AddressRange range, End end) {
        lock.lock();
        try {
            End before = ends.get(range);
            if (before == null && ends.size() >= most && !sweep()) {
                refused.getAndIncrement();
                return false;
            }
            if (before == null) {
                // First: who looks for such ranges finds it, or has begun before it was there.
                ofBits.getAndIncrement(range.bits());
                ends.put(range, end);
            } else if (before.isBefore(end)) {
                ends.put(range, end);
            }
            return true;
        } finally {
            lock.unlock();
        }
    }

    /// Removes what has run out, but not too often: it is a look at all.
    ///
    /// @return whether there is room
    private boolean sweep() {
        long now = nanoTime.getAsLong();
        if (!swept || now - sweptAt >= SWEEP_NANOS) {
            swept = true;
            sweptAt = now;
            ends.entrySet().stream()
                    .filter(each -> each.getValue().isOver(now))
                    .map(Map.Entry::getKey)
                    .toList()
                    .forEach(this::remove);
        }
        return ends.size() < most;
    }

    private @Nullable End remove(AddressRange range) {
        End end = ends.remove(range);
        if (end != null) {
            ofBits.getAndDecrement(range.bits());
        }
        return end;
    }
}
