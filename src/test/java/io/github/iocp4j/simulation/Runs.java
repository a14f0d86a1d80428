package io.github.iocp4j.simulation;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.iocp4j.simulation.scheduler.SimulationFailure;
import java.util.List;

/// Runs a small program under many seeds, for the tests of the simulation.
final class Runs {
    static final int SEEDS = 25;

    private Runs() {}

    /// A test that is given the kernel that it runs on.
    interface Body {
        void run(SimulatedTestKernel kernel) throws Exception;
    }

    static void passes(Body body) {
        passes(SimulationOptions.DEFAULT, body);
    }

    static void passes(SimulationOptions options, Body body) {
        for (int seed = 0; seed < SEEDS; seed++) {
            SimulatedTestKernel kernel = new SimulatedTestKernel(seed, options);
            kernel.run(() -> body.run(kernel));
            assertEquals(List.of(), kernel.threadsAlive());
        }
    }

    /// Every seed must fail with this message, and leave no thread behind.
    static void fails(String message, Body body) {
        fails(message, SimulationOptions.DEFAULT, body);
    }

    static void fails(String message, SimulationOptions options, Body body) {
        for (int seed = 0; seed < SEEDS; seed++) {
            SimulatedTestKernel kernel = new SimulatedTestKernel(seed, options);
            SimulationFailure failure =
                    assertThrows(SimulationFailure.class, () -> kernel.run(() -> body.run(kernel)), "seed " + seed);
            assertTrue(
                    failure.getMessage().startsWith("seed " + seed)
                            && failure.getMessage().contains(message),
                    failure::getMessage);
            assertEquals(List.of(), kernel.threadsAlive());
        }
    }
}
