package io.github.iocp4j;

import org.junit.jupiter.api.Timeout;

/// What all contracts of the endpoint stand on.
@Timeout(value = 300, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
abstract class EndpointContract {
    private final Kernels kernels;

    EndpointContract(Kernels kernels) {
        this.kernels = kernels;
    }

    /// Runs a quick scenario.
    final void check(Scenario scenario) {
        kernels.run(Kernels.MANY, scenario);
    }

    /// Runs a scenario that takes long.
    final void checkLong(Scenario scenario) {
        kernels.run(Kernels.SOME, scenario);
    }

    /// Runs a scenario with so many seeds; on Windows in that many variations, but few.
    final void check(int seeds, Scenario scenario) {
        kernels.run(seeds, scenario);
    }

    final boolean isSimulated() {
        return kernels == Kernels.SIMULATED;
    }
}
