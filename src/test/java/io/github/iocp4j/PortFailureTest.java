package io.github.iocp4j;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.iocp4j.internal.win32.Win32;
import io.github.iocp4j.simulation.Faults;
import io.github.iocp4j.simulation.SimulatedTestKernel;
import io.github.iocp4j.simulation.SimulationOptions;
import io.github.iocp4j.testing.PeerListener;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.Collections;
import org.junit.jupiter.api.Test;

class PortFailureTest extends PortFailureContract {
    PortFailureTest() {
        super(Kernels.SIMULATED);
    }

    /// Some wait for an answer, some for memory, some have just been made or begun.
    @Test
    void connectsUnderWayFailOnceWithTheCause() {
        SimulationOptions options = SimulationOptions.DEFAULT.withFaults(Faults.MILD.withRefusedConnects(50));
        Kernels.simulate(options, Kernels.MANY, stand -> {
            FaultyHost host = new FaultyHost(stand.kernel().host());
            Connects handler = new Connects();
            TestEndpoint client = stand.startOn(host, EndpointOptions.client(), handler, each -> each);
            try (PeerListener listener = stand.kernel().listen()) {
                InetSocketAddress silent = ((SimulatedTestKernel) stand.kernel()).silentAddress();
                for (int i = 0; i < 4; i++) {
                    assertTrue(client.endpoint().connect(silent, null));
                    assertTrue(client.endpoint().connect(listener.address(), null));
                }
                stand.kernel()
                        .pause(Duration.ofMillis((long) stand.random().nextInt(2)
                                * stand.random().nextInt(30)));
                host.failPort(Win32.ERROR_INVALID_HANDLE);
                UncheckedIOException thrown = assertThrows(UncheckedIOException.class, client.endpoint()::awaitClosed);
                IOException cause = thrown.getCause();
                int made = client.order().connections().size();
                assertEquals(Collections.nCopies(8 - made, cause), handler.failures());
                assertEquals(made, client.order().reasons().size());
                client.order().verify();
            }
            host.bury(stand);
        });
    }
}
