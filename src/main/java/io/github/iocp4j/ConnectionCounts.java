package io.github.iocp4j;

import io.github.iocp4j.admission.BanList;
import io.github.iocp4j.admission.Refusal;
import java.util.EnumMap;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;

/// The connections of an endpoint, counted as they come and go. Any thread may count: once or twice in the life of
/// a connection.
final class ConnectionCounts {
    private final AtomicInteger open = new AtomicInteger();
    private final AtomicLong accepted = new AtomicLong();
    private final AtomicLong full = new AtomicLong();
    private final AtomicLong closing = new AtomicLong();
    private final AtomicLong neverSent = new AtomicLong();
    private final AtomicLong acceptsFailed = new AtomicLong();
    private final AtomicLong connected = new AtomicLong();
    private final AtomicLong connectsFailed = new AtomicLong();

    /// Complete from the start, and never changed: only their counts are.
    private final Map<Refusal, AtomicLong> refusals = new EnumMap<>(Refusal.class);

    private final Map<CloseReason.Kind, AtomicLong> closes = new EnumMap<>(CloseReason.Kind.class);

    ConnectionCounts() {
        for (Refusal refusal : Refusal.values()) {
            refusals.put(refusal, new AtomicLong());
        }
        for (CloseReason.Kind kind : CloseReason.Kind.values()) {
            closes.put(kind, new AtomicLong());
        }
    }

    int open() {
        return open.get();
    }

    void opening() {
        open.getAndIncrement();
    }

    /// One that was opening could not be used.
    void notOpened() {
        open.getAndDecrement();
    }

    void closed(CloseReason.Kind kind) {
        Objects.requireNonNull(closes.get(kind)).getAndIncrement();
        open.getAndDecrement();
    }

    void countAccepted() {
        accepted.getAndIncrement();
    }

    void countRefused(Refusal rule) {
        Objects.requireNonNull(refusals.get(rule)).getAndIncrement();
    }

    /// One that was admitted was refused all the same.
    ///
    /// @param endpointCloses whether that is the reason, and not that all places are taken
    void countUnplaced(boolean endpointCloses) {
        (endpointCloses ? closing : full).getAndIncrement();
    }

    /// A peer that said nothing was closed before it became a connection.
    void countNeverSent() {
        neverSent.getAndIncrement();
    }

    void countFailedAccept() {
        acceptsFailed.getAndIncrement();
    }

    void countConnected() {
        connected.getAndIncrement();
    }

    void countFailedConnect() {
        connectsFailed.getAndIncrement();
    }

    EndpointCounters.Admission refusals(BanList bans) {
        return new EndpointCounters.Admission(
                count(Refusal.BANNED),
                count(Refusal.RATE),
                count(Refusal.PER_ADDRESS),
                count(Refusal.FILTER),
                full.get(),
                closing.get(),
                neverSent.get(),
                bans.size(),
                bans.refused());
    }

    private long refused() {
        long sum = full.get() + closing.get() + neverSent.get();
        for (AtomicLong count : refusals.values()) {
            sum += count.get();
        }
        return sum;
    }

    private long count(Refusal rule) {
        return Objects.requireNonNull(refusals.get(rule)).get();
    }

    EndpointCounters.Connections snapshot(int unreleased, long pendingIo) {
        Map<CloseReason.Kind, Long> ended = new EnumMap<>(CloseReason.Kind.class);
        closes.forEach((kind, count) -> ended.put(kind, count.get()));
        return new EndpointCounters.Connections(
                open.get(),
                unreleased,
                pendingIo,
                accepted.get(),
                refused(),
                acceptsFailed.get(),
                connected.get(),
                connectsFailed.get(),
                ended);
    }
}
