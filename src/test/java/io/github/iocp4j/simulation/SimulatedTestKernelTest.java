package io.github.iocp4j.simulation;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.iocp4j.internal.host.HostThread;
import io.github.iocp4j.simulation.network.NetworkOptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SimulatedTestKernelTest {
    @Test
    void aRunThatLeavesThingsBehindFailsNamingThem() {
        SimulatedTestKernel kernel = new SimulatedTestKernel(1);
        AssertionError failure = assertThrows(
                AssertionError.class,
                () -> kernel.run(() -> {
                    Program program = new Program(kernel.host());
                    program.socket();
                }));
        String message = failure.getMessage();
        assertTrue(message.contains("not closed: port 64"), message);
        assertTrue(message.contains("not closed: socket 68"), message);
        assertTrue(message.contains("not closed: arena 0 made by io.github.iocp4j.simulation.Program"), message);
        assertTrue(message.contains("1 WSAStartup without WSACleanup"), message);
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 4})
    void theSameSeedGivesTheSameHistory(int workers) {
        for (int seed = 0; seed < 10; seed++) {
            SimulatedTestKernel first = echo(seed, workers, SimulationOptions.DEFAULT);
            SimulatedTestKernel second = echo(seed, workers, SimulationOptions.DEFAULT);
            assertEquals(first.history(), second.history(), "seed " + seed);
            assertEquals(first.history().lines(0), second.history().lines(0));
            assertTrue(first.history().size() > 100);
        }
    }

    @Test
    void anotherSeedGivesAnotherHistory() {
        assertTrue(!echo(1, 2, SimulationOptions.DEFAULT)
                .history()
                .equals(echo(2, 2, SimulationOptions.DEFAULT).history()));
    }

    @Test
    void aPacketIsHandledBeforeItsCallHasReturned() {
        int seen = 0;
        for (int seed = 0; seed < 50; seed++) {
            SimulatedTestKernel kernel = new SimulatedTestKernel(seed);
            boolean[] returned = new boolean[1];
            boolean[] early = new boolean[1];
            kernel.run(() -> {
                try (ConnectedProgram connected = new ConnectedProgram(kernel)) {
                    connected.peer.write(new byte[1]);
                    HostThread worker = kernel.host().newThread("worker", () -> {
                        assertEquals(0, connected.program.take().slot());
                        early[0] = !returned[0];
                    });
                    worker.start();
                    int _ = connected.program.receive(0, connected.socket, 10);
                    returned[0] = true;
                    assertTrue(worker.join(Long.MAX_VALUE));
                }
            });
            seen += early[0] ? 1 : 0;
        }
        assertTrue(seen > 5, "seen " + seen);
        assertTrue(seen < 50, "seen " + seen);
    }

    @Test
    void everyByteArrivesInOrderThroughTinyBuffers() {
        NetworkOptions tiny = new NetworkOptions(1, 64, 10, 5_000, 50, 2_000);
        for (int seed = 0; seed < 5; seed++) {
            SimulatedTestKernel _ = echo(seed, 3, SimulationOptions.DEFAULT.withNetwork(tiny));
        }
    }

    private static SimulatedTestKernel echo(long seed, int workers, SimulationOptions options) {
        SimulatedTestKernel kernel = new SimulatedTestKernel(seed, options);
        kernel.run(() -> new EchoProgram(kernel, 5, 3000).run(workers));
        assertTrue(kernel.threadsAlive().isEmpty());
        return kernel;
    }
}
