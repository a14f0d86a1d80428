package io.github.iocp4j.simulation.network;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.github.iocp4j.simulation.SimulatedTestKernel;
import io.github.iocp4j.testing.Peer;
import io.github.iocp4j.testing.PeerListener;
import java.io.IOException;
import java.net.ConnectException;
import java.net.SocketException;
import java.time.Duration;
import org.junit.jupiter.api.Test;

class NetworkTest {
    private static final int SEEDS = 25;

    @Test
    void carriesEveryByteInOrderBothWays() {
        run((kernel, near, far) -> {
            byte[] there = new byte[30_000];
            byte[] back = new byte[20_000];
            kernel.random().nextBytes(there);
            kernel.random().nextBytes(back);
            kernel.fork("near writes", () -> near.write(there));
            kernel.fork("far writes", () -> {
                far.write(back);
                far.shutdownOutput();
            });
            byte[] arrived = far.readFully(there.length);
            assertArrayEquals(there, arrived);
            assertArrayEquals(back, near.readFully(back.length));
            assertEquals(-1, near.read(new byte[1]));
        });
    }

    @Test
    void anEndThatWasClosedIsReadToItsEnd() {
        run((_, near, far) -> {
            near.write(new byte[100]);
            near.close();
            far.readFully(100);
            assertEquals(-1, far.read(new byte[1]));
            assertThrows(SocketException.class, () -> near.write(new byte[1]));
        });
    }

    @Test
    void aHalfClosedConnectionCarriesAnswers() {
        run((_, near, far) -> {
            near.shutdownOutput();
            assertThrows(SocketException.class, () -> near.write(new byte[1]));
            assertEquals(-1, far.read(new byte[1]));
            far.write(new byte[10]);
            near.readFully(10);
        });
    }

    @Test
    void aResetDestroysWhatIsUnderWay() {
        run((kernel, near, far) -> {
            near.write(new byte[10]);
            kernel.pause(Duration.ofSeconds(1));
            near.reset();
            kernel.pause(Duration.ofSeconds(1));
            assertReset(() -> far.read(new byte[10]));
            assertReset(() -> far.write(new byte[10]));
        });
    }

    @Test
    void closingOverUnreadDataResets() {
        run((kernel, near, far) -> {
            near.write(new byte[10]);
            kernel.pause(Duration.ofSeconds(1));
            far.close();
            kernel.pause(Duration.ofSeconds(1));
            assertReset(() -> near.read(new byte[10]));
        });
    }

    @Test
    void sendingToAClosedEndResets() {
        run((kernel, near, far) -> {
            far.close();
            near.write(new byte[10]);
            kernel.pause(Duration.ofSeconds(1));
            assertReset(() -> near.write(new byte[10]));
        });
    }

    @Test
    void nobodyListensMeansRefused() {
        for (int seed = 0; seed < SEEDS; seed++) {
            SimulatedTestKernel kernel = new SimulatedTestKernel(seed);
            kernel.run(() -> {
                PeerListener listener = kernel.listen();
                listener.close();
                assertThrows(ConnectException.class, () -> kernel.connect(listener.address()));
                assertThrows(SocketException.class, listener::accept);
            });
        }
    }

    private static void assertReset(IoAction action) {
        assertEquals(
                "Connection reset",
                assertThrows(SocketException.class, action::run).getMessage());
    }

    private static void run(Body body) {
        for (int seed = 0; seed < SEEDS; seed++) {
            SimulatedTestKernel kernel = new SimulatedTestKernel(seed);
            kernel.run(() -> {
                try (PeerListener listener = kernel.listen();
                        Peer near = kernel.connect(listener.address());
                        Peer far = listener.accept()) {
                    body.run(kernel, near, far);
                }
            });
        }
    }

    private interface Body {
        void run(SimulatedTestKernel kernel, Peer near, Peer far) throws Exception;
    }

    private interface IoAction {
        void run() throws IOException;
    }
}
