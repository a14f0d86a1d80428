package io.github.iocp4j;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertIterableEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.iocp4j.EndpointMatrix.Cell;
import io.github.iocp4j.simulation.SimulatedTestKernel;
import io.github.iocp4j.simulation.scheduler.History;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// A seed gives the whole run: every switch, every call into the kernel with its result, and the clock at each.
class SameSeedTest {
    private static final int SEEDS = 3;

    static Stream<Cell> cells() {
        return EndpointMatrix.cells();
    }

    @ParameterizedTest
    @MethodSource("cells")
    void theSameSeedGivesTheSameHistory(Cell cell) {
        for (long seed = 1; seed <= SEEDS; seed++) {
            History first = historyOf(seed, cell);
            History second = historyOf(seed, cell);
            assertTrue(first.size() > 100, first::toString);
            assertIterableEquals(first.lines(0), second.lines(0), "seed " + seed);
            assertEquals(first, second, "seed " + seed);
        }
    }

    @ParameterizedTest
    @MethodSource("cells")
    void anotherSeedGivesAnotherHistory(Cell cell) {
        assertNotEquals(historyOf(1, cell), historyOf(2, cell));
    }

    private static History historyOf(long seed, Cell cell) {
        SimulatedTestKernel kernel = new SimulatedTestKernel(seed, EndpointMatrixTest.NARROW);
        EndpointMatrix.run(kernel, cell, EndpointMatrixTest.SMALL);
        return kernel.history();
    }
}
