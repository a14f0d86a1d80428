package io.github.iocp4j;

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
    private final AtomicLong refused = new AtomicLong();
    private final AtomicLong acceptsFailed = new AtomicLong();
    private final AtomicLong connected = new AtomicLong();
    private final AtomicLong connectsFailed = new AtomicLong();

    /// Complete from the start, and never changed: only its counts are.
    private final Map<CloseReason.Kind, AtomicLong> closes = new EnumMap<>(CloseReason.Kind.class);

    ConnectionCounts() {
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

    void countRefused() {
        refused.getAndIncrement();
    }

    void acceptFailed(int code, Shortages shortages) {
        if (MemoryRetry.isShortage(code)) {
            shortages.countRefusedAccept();
        } else {
            acceptsFailed.getAndIncrement();
        }
    }

    void countConnected() {
        connected.getAndIncrement();
    }

    void countFailedConnect() {
        connectsFailed.getAndIncrement();
    }

    EndpointCounters.Connections snapshot(int unreleased, long pendingIo) {
        Map<CloseReason.Kind, Long> ended = new EnumMap<>(CloseReason.Kind.class);
        closes.forEach((kind, count) -> ended.put(kind, count.get()));
        return new EndpointCounters.Connections(
                open.get(),
                unreleased,
                pendingIo,
                accepted.get(),
                refused.get(),
                acceptsFailed.get(),
                connected.get(),
                connectsFailed.get(),
                ended);
    }
}
