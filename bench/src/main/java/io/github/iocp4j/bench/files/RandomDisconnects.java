package io.github.iocp4j.bench.files;

import io.github.iocp4j.Connection;
import java.util.Locale;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.LongAdder;

/// Ends connections at random, half of them in order and half by a reset: the article's test of clients that come
/// back. Any thread may use it.
public final class RandomDisconnects {
    private final double rate;
    private final LongAdder closes = new LongAdder();
    private final LongAdder resets = new LongAdder();

    /// @param rate the chance at each frame, 0 to 1
    public RandomDisconnects(double rate) {
        this.rate = rate;
    }

    /// Ends the connection, or leaves it.
    ///
    /// @return whether it is at its end
    boolean strike(Connection connection) {
        if (rate == 0 || ThreadLocalRandom.current().nextDouble() >= rate) {
            return false;
        }
        if (ThreadLocalRandom.current().nextBoolean()) {
            resets.increment();
            connection.abort();
        } else {
            closes.increment();
            connection.close();
        }
        return true;
    }

    /// What has been counted, as a line; empty where nothing is left to chance.
    public String text() {
        if (rate == 0) {
            return "";
        }
        return String.format(
                Locale.ROOT,
                "at random     disconnects %,d, in order %,d, by reset %,d%n",
                closes.sum() + resets.sum(),
                closes.sum(),
                resets.sum());
    }
}
