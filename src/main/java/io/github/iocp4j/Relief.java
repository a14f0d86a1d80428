package io.github.iocp4j;

import io.github.iocp4j.internal.concurrent.IndexedPool;
import io.github.iocp4j.port.Timer;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/// What an endpoint does when a budget that its connections share is spent: it looks for the connection that
/// holds it up most, so that never everybody waits for one. Any thread may use it; it looks at other
/// connections' state without their turn, so what it sees may be a little old.
final class Relief {
    /// How long one whose close was asked for is waited for before another one is closed.
    private static final long PATIENCE_NANOS = 1_000_000_000L;

    private static final Duration USUAL_STALL = Duration.ofSeconds(60);
    private static final long LOOK_INTERVAL_NANOS = 10_000_000L;

    private static final int SPARED_AT_ONCE = 4;

    private final IndexedPool<ConnectionContext> contexts;
    private final Timer timer;
    private final double stallNanos;
    private final AtomicLong nextLook;
    private final AtomicLong evictions = new AtomicLong();

    /// What was closed here last, and when.
    private volatile @Nullable Connection evicted;

    private volatile long evictedAt;
    private volatile int sparedLast;

    /// @param writeStall how long the sends of a connection may make no progress while there is memory; zero for
    /// ever
    Relief(IndexedPool<ConnectionContext> contexts, Timer timer, Duration writeStall) {
        this.contexts = contexts;
        this.timer = timer;
        stallNanos = (writeStall.isZero() ? USUAL_STALL : writeStall).toNanos() / 10.0;
        nextLook = new AtomicLong(timer.nanoTime());
    }

    /// Closes the connection whose unfinished frame has had the most memory for the longest time: of frames that
    /// have as much, the oldest. One that has next to nothing is spared, however old: its end would help nobody.
    void closeHeaviestFrame() {
        long now = timer.nanoTime();
        if (isTimeToLook(now)) {
            evict(heaviest(now, 1, ConnectionContext::frameBurden), CloseReason.Kind.OUT_OF_BUFFERS, now);
        }
    }

    /// Closes the connection whose sends have made no progress for the longest time, if that is at least a
    /// second.
    void closeMostStalled() {
        long now = timer.nanoTime();
        if (isTimeToLook(now)) {
            evict(heaviest(now, stallNanos, ConnectionContext::stalledNanos), CloseReason.Kind.WRITE_STALLED, now);
        }
    }

    /// Asks a few connections, one after another, to give up the pages that their pending reads lock.
    void spareReads() {
        int all = contexts.numbered();
        int place = sparedLast;
        int spared = 0;
        for (int i = 0; i < all && spared < SPARED_AT_ONCE; i++) {
            place = place + 1 < all ? place + 1 : 0;
            ConnectionContext context = contexts.get(place);
            spared += context != null && context.spareReads() ? 1 : 0;
        }
        sparedLast = place;
    }

    /// How many connections were closed here.
    long evictions() {
        return evictions.get();
    }

    /// Whether the last one that was closed here is gone, with its memory, so that another one may have to
    /// follow; one whose worker is held up by a slow callback is waited for only so long.
    private boolean isTimeToLook(long now) {
        Connection last = evicted;
        if (last != null && !last.isReleased() && now - evictedAt < PATIENCE_NANOS) {
            return false;
        }
        long next = nextLook.get();
        return now - next >= 0 && nextLook.compareAndSet(next, now + LOOK_INTERVAL_NANOS);
    }

    private void evict(@Nullable Connection connection, CloseReason.Kind kind, long now) {
        if (connection != null) {
            evictedAt = now;
            evicted = connection;
            evictions.getAndIncrement();
            connection.abort(new CloseReason(kind, null));
        }
    }

    /// The connection of which `burden` is the greatest, and at least `least`.
    private @Nullable Connection heaviest(long now, double least, Burden burden) {
        Connection found = null;
        double greatest = 0;
        for (int i = 0; i < contexts.numbered(); i++) {
            ConnectionContext context = contexts.get(i);
            // The connection first: should the context be another's by then, its generation is stale.
            Connection connection = context == null ? null : context.connection();
            if (context == null || connection == null) {
                continue;
            }
            double its = burden.of(context, now);
            if (its >= least && its > greatest && context.closeReason() == null) {
                greatest = its;
                found = connection;
            }
        }
        return found;
    }

    /// How much a connection holds others up.
    private interface Burden {
        double of(ConnectionContext context, long now);
    }
}
