package io.github.iocp4j;

import static org.junit.jupiter.api.Assertions.assertDoesNotThrow;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.iocp4j.EndpointMatrix.Cell;
import io.github.iocp4j.EndpointMatrix.Evidence;
import io.github.iocp4j.EndpointMatrix.Size;
import io.github.iocp4j.testing.WindowsTestKernel;
import java.time.Duration;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// The matrix on Windows itself, with peers of java.net.
class EndpointMatrixWindowsTest {
    private static final Size LARGE = new Size(4, 60, 4096, 20_000, 256 << 10, Duration.ofSeconds(30));

    static Stream<Cell> cells() {
        return EndpointMatrix.cells();
    }

    @ParameterizedTest
    @MethodSource("cells")
    void everyByteComesBackInOrder(Cell cell) {
        long seed = new Random().nextLong();
        Evidence seen = assertDoesNotThrow(
                () -> EndpointMatrix.run(new WindowsTestKernel(seed), cell, LARGE), "with data of seed " + seed);
        assertTrue(!cell.isCrowded() || seen.isComplete(), seen::toString);
    }
}
