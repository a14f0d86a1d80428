package io.github.iocp4j;

import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.iocp4j.EndpointMatrix.Cell;
import io.github.iocp4j.EndpointMatrix.Evidence;
import io.github.iocp4j.EndpointMatrix.Size;
import io.github.iocp4j.simulation.SimulatedTestKernel;
import io.github.iocp4j.simulation.SimulationOptions;
import io.github.iocp4j.simulation.network.NetworkOptions;
import java.time.Duration;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// The matrix on the simulated kernel. A failure names the seed, which repeats the run.
class EndpointMatrixTest {
    private static final int SEEDS = Integer.getInteger("iocp4j.test.seeds", 100);
    private static final long FIRST_SEED = Long.getLong("iocp4j.test.seed", 1);
    static final Size SMALL = new Size(3, 8, 256, 600, 16 << 10, Duration.ZERO);
    static final SimulationOptions NARROW =
            SimulationOptions.DEFAULT.withNetwork(new NetworkOptions(256, 2048, 1, 20_000, 50, 2_000));

    static Stream<Cell> cells() {
        return EndpointMatrix.cells();
    }

    @ParameterizedTest
    @MethodSource("cells")
    void everyByteComesBackInOrder(Cell cell) {
        Evidence seen = Evidence.NONE;
        for (long seed = FIRST_SEED; seed < FIRST_SEED + SEEDS; seed++) {
            seen = seen.plus(EndpointMatrix.run(new SimulatedTestKernel(seed, NARROW), cell, SMALL));
        }
        assertTrue(!cell.isCrowded() || seen.isComplete(), seen::toString);
    }
}
