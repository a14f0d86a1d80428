package io.github.iocp4j.simulation.scheduler;

import java.io.Serial;

/// Unwinds a thread of a run that has failed already. Nobody but the scheduler handles it.
final class StoppedError extends Error {
    @Serial
    private static final long serialVersionUID = 1;

    StoppedError() {
        super("the simulation was stopped", null, false, false);
    }
}
