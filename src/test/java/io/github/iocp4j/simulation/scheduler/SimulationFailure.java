package io.github.iocp4j.simulation.scheduler;

import java.io.Serial;
import org.jspecify.annotations.Nullable;

/// A run that failed. The message names the seed that repeats it.
public final class SimulationFailure extends AssertionError {
    @Serial
    private static final long serialVersionUID = 1;

    SimulationFailure(String message, @Nullable Throwable cause) {
        super(message, cause);
    }
}
