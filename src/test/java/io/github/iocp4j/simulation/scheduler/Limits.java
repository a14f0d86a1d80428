package io.github.iocp4j.simulation.scheduler;

import java.time.Duration;

/// When a run is taken for one that never ends.
///
/// @param steps decisions of the scheduler
/// @param simulated time on the simulated clock
/// @param wall real time: reached when a thread blocks or spins without the scheduler's knowledge
public record Limits(long steps, Duration simulated, Duration wall) {
    public static final Limits DEFAULT = new Limits(20_000_000, Duration.ofHours(1), Duration.ofSeconds(60));
}
