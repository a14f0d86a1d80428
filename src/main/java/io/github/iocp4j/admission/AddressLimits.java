package io.github.iocp4j.admission;

import java.net.InetAddress;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/// How many connections each address has, and how fast it makes them.
///
/// The table of addresses has a size. An address that has no connection, and whose bucket of tokens is full again,
/// says nothing, and gives up its place when places are needed. When there is none left, an address that is not in
/// it is refused.
final class AddressLimits {
    /// Places beyond those of addresses with connections, of which there are no more than connections.
    static final int SPARE = 65_536;

    private static final long NANOS_PER_SECOND = 1_000_000_000L;

    /// How often a look for places that can be given up is worth it, in nanoseconds.
    private static final long SWEEP_NANOS = 100_000_000L;

    /// An address: its connections in one word, and its bucket in another, as the time at which it is full.
    private static final class Entry {
        private static final long GONE = -1;

        private final AtomicLong open = new AtomicLong();
        private final AtomicLong fullAt;

        Entry(long now) {
            fullAt = new AtomicLong(now);
        }

        /// @return whether it can be given up, and is
        boolean giveUp(long now) {
            return now - fullAt.get() >= 0 && open.compareAndSet(0, GONE);
        }
    }

    private final Map<AddressRange, Entry> entries = new ConcurrentHashMap<>();
    private final int mostPerAddress;
    private final long nanosPerToken;
    private final long burstNanos;
    private final int mostEntries;
    private final LongSupplier nanoTime;
    private final AtomicLong nextSweep;

    AddressLimits(AdmissionOptions options, int mostConnections, LongSupplier nanoTime) {
        mostPerAddress = options.mostPerAddress();
        int rate = options.acceptsPerSecond();
        nanosPerToken = rate == AdmissionOptions.NO_LIMIT ? 0 : NANOS_PER_SECOND / rate;
        burstNanos = nanosPerToken * options.acceptBurst();
        mostEntries = mostConnections + SPARE;
        this.nanoTime = nanoTime;
        nextSweep = new AtomicLong(nanoTime.getAsLong());
    }

    /// Counts a connection of `address`, until [#leave].
    ///
    /// @return the rule that refuses it, or `null`
    @Nullable
    Refusal enter(InetAddress address) {
        if (!isOn()) {
            return null;
        }
        AddressRange peer = AddressRange.peer(address);
        long now = nanoTime.getAsLong();
        while (true) {
            Entry entry = entry(peer, now);
            if (entry == null) {
                return Refusal.RATE;
            }
            long open = entry.open.get();
            if (open == Entry.GONE) {
                continue;
            }
            if (mostPerAddress != AdmissionOptions.NO_LIMIT && open >= mostPerAddress) {
                return takeToken(entry, now) ? Refusal.PER_ADDRESS : Refusal.RATE;
            }
            if (entry.open.compareAndSet(open, open + 1)) {
                if (takeToken(entry, now)) {
                    return null;
                }
                leave(peer, entry, now);
                return Refusal.RATE;
            }
        }
    }

    /// A connection that was counted is over.
    void leave(InetAddress address) {
        if (isOn()) {
            AddressRange peer = AddressRange.peer(address);
            Entry entry = entries.get(peer);
            if (entry == null) {
                throw new AssertionError("an address with a connection has its place");
            }
            leave(peer, entry, nanoTime.getAsLong());
        }
    }

    /// How many addresses have a place.
    int size() {
        return entries.size();
    }

    private boolean isOn() {
        return mostPerAddress != AdmissionOptions.NO_LIMIT || nanosPerToken != 0;
    }

    private void leave(AddressRange peer, Entry entry, long now) {
        entry.open.getAndDecrement();
        remove(peer, entry, now);
    }

    private void remove(AddressRange peer, Entry entry, long now) {
        if (entry.giveUp(now)) {
            entries.remove(peer, entry);
        }
    }

    private boolean takeToken(Entry entry, long now) {
        if (nanosPerToken == 0) {
            return true;
        }
        while (true) {
            long seen = entry.fullAt.get();
            long fullAt = (seen - now > 0 ? seen : now) + nanosPerToken;
            if (fullAt - now > burstNanos) {
                return false;
            }
            if (entry.fullAt.compareAndSet(seen, fullAt)) {
                return true;
            }
        }
    }

    /// @return the place of an address, or `null` when there is none left
    private @Nullable Entry entry(AddressRange peer, long now) {
        Entry entry = entries.get(peer);
        if (entry != null && entry.open.get() == Entry.GONE) {
            // Whoever gave it up has not got round to removing it.
            entries.remove(peer, entry);
            entry = null;
        }
        if (entry != null) {
            return entry;
        }
        if (entries.size() >= mostEntries && !sweep(now)) {
            return null;
        }
        Entry fresh = new Entry(now);
        Entry other = entries.putIfAbsent(peer, fresh);
        return other == null ? fresh : other;
    }

    private boolean sweep(long now) {
        long next = nextSweep.get();
        if (now - next >= 0 && nextSweep.compareAndSet(next, now + SWEEP_NANOS)) {
            entries.forEach((peer, entry) -> remove(peer, entry, now));
        }
        return entries.size() < mostEntries;
    }
}
