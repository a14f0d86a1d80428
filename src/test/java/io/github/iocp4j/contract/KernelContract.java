package io.github.iocp4j.contract;

import io.github.iocp4j.simulation.SimulatedTestKernel;
import io.github.iocp4j.simulation.SimulationOptions;
import io.github.iocp4j.testing.TestKernel;
import io.github.iocp4j.testing.WindowsTestKernel;
import java.time.Duration;
import org.junit.jupiter.api.Timeout;

/// The tests of one subject, which hold on each kernel. A subclass says which one.
///
/// The system properties `iocp4j.seeds` and `iocp4j.seed` say how many seeds are tried, and which is the first.
@Timeout(value = 300, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
public abstract class KernelContract {
    /// The longest wait for anything that must come.
    protected static final Duration LIMIT = Duration.ofSeconds(20);

    private static final int SEEDS = 60;

    private final boolean simulated;

    protected KernelContract(boolean simulated) {
        this.simulated = simulated;
    }

    /// A test that is given the kernel that it runs on.
    @FunctionalInterface
    public interface Body {
        void run(TestKernel kernel) throws Exception;
    }

    protected final void check(Body body) {
        check(SimulationOptions.DEFAULT, body);
    }

    /// @param options how the simulated kernel behaves; Windows does as it likes
    protected final void check(SimulationOptions options, Body body) {
        if (!simulated) {
            TestKernel kernel = new WindowsTestKernel(1);
            kernel.run(() -> body.run(kernel));
            return;
        }
        long first = Long.getLong("iocp4j.seed", 1);
        long count = Long.getLong("iocp4j.seeds", SEEDS);
        for (long seed = first; seed < first + count; seed++) {
            TestKernel kernel = new SimulatedTestKernel(seed, options);
            kernel.run(() -> body.run(kernel));
        }
    }

    protected final boolean isSimulated() {
        return simulated;
    }
}
