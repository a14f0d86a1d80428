package io.github.iocp4j;

import io.github.iocp4j.simulation.SimulatedTestKernel;
import io.github.iocp4j.simulation.SimulationOptions;
import io.github.iocp4j.testing.WindowsTestKernel;
import java.util.List;

/// The kernels that a contract is tried on.
///
/// The simulated one runs each scenario with many seeds, which also choose the variation. The system
/// properties `iocp4j.seeds` and `iocp4j.seed` say how many, and which is the first.
enum Kernels {
    SIMULATED {
        @Override
        void run(int seeds, Scenario scenario) {
            simulate(SimulationOptions.DEFAULT, seeds, scenario);
        }
    },
    WINDOWS {
        @Override
        void run(int seeds, Scenario scenario) {
            List<Variation> variations = seeds >= MANY ? Variation.FEW : Variation.FEW.subList(0, Math.min(seeds, 2));
            for (Variation variation : variations) {
                guarded(variation, () -> Stand.run(new WindowsTestKernel(1), variation, scenario));
            }
        }
    };

    /// For scenarios that are quick.
    static final int MANY = 96;

    /// For scenarios that take long.
    static final int SOME = 16;

    /// Runs a scenario with as many seeds, or on Windows with more or fewer variations.
    abstract void run(int seeds, Scenario scenario);

    static void simulate(SimulationOptions options, int seeds, Scenario scenario) {
        long first = Long.getLong("iocp4j.seed", 1);
        long count = Long.getLong("iocp4j.seeds", seeds);
        for (long seed = first; seed < first + count; seed++) {
            long number = seed;
            Variation variation = Variation.ALL.get((int) (seed % Variation.ALL.size()));
            guarded(variation, () -> Stand.run(new SimulatedTestKernel(number, options), variation, scenario));
        }
    }

    private static void guarded(Variation variation, Runnable run) {
        try {
            run.run();
        } catch (RuntimeException | Error e) {
            throw new AssertionError(variation + ": " + e.getMessage(), e);
        }
    }
}
