package io.github.iocp4j;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.iocp4j.error.WinsockException;
import io.github.iocp4j.simulation.Faults;
import io.github.iocp4j.simulation.SimulatedTestKernel;
import io.github.iocp4j.simulation.SimulationOptions;
import io.github.iocp4j.simulation.network.NetworkOptions;
import io.github.iocp4j.testing.Peer;
import io.github.iocp4j.testing.PeerListener;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// Connects that take too long. Simulated only: no address of a loopback interface stays silent everywhere.
@Timeout(value = 300, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class ConnectTimeoutTest {
    private static final int ABORTED = 995;
    private static final int WSAENOBUFS = 10055;
    private static final int WSAETIMEDOUT = 10060;

    @Test
    void peerThatNeverAnswersIsGivenUpInTime() {
        Kernels.simulate(SimulationOptions.DEFAULT, Kernels.MANY, stand -> {
            Duration limit = Duration.ofMillis(700);
            Connects handler = new Connects();
            TestEndpoint client = stand.client(
                    handler, options -> options.connectTimeout(limit).maxConnections(2));
            for (int round = 1; round <= 2; round++) {
                int expected = 2 * round;
                Duration took = stand.time(() -> {
                    assertTrue(client.endpoint().connect(silent(stand), null));
                    assertTrue(client.endpoint().connect(silent(stand), null));
                    stand.await("the end of the time", () -> handler.failed() == expected);
                });
                assertTrue(took.compareTo(limit) >= 0, took::toString);
                stand.expectWithin(limit.plusMillis(60), took);
                stand.await("room", () -> client.endpoint().counters().unreleased() == 0);
            }
            handler.expect(4, WSAETIMEDOUT);
            try (PeerListener listener = stand.kernel().listen()) {
                assertTrue(client.endpoint().connect(listener.address(), null));
                Connects.expectEcho(listener);
            }
            client.awaitReleased(1);
        });
    }

    @Test
    void withoutALimitWindowsGivesUpByItself() {
        Kernels.simulate(SimulationOptions.DEFAULT, Kernels.SOME, stand -> {
            Connects handler = new Connects();
            TestEndpoint client = stand.client(handler, options -> options.connectTimeout(Duration.ZERO));
            Duration took = stand.time(() -> {
                assertTrue(client.endpoint().connect(silent(stand), null));
                stand.await("Windows' limit", () -> handler.failed() == 1);
            });
            handler.expect(1, WSAETIMEDOUT);
            assertTrue(took.compareTo(Duration.ofSeconds(21)) >= 0, took::toString);
        });
    }

    /// The time is over at about the moment at which the connection is made.
    @Test
    void timeThatIsOverAtTheLastMomentGivesOneOutcome() {
        NetworkOptions slow = new NetworkOptions(512, 8192, 60, 4_000, 50, 2_000);
        SimulationOptions simulation =
                SimulationOptions.DEFAULT.withNetwork(slow).withInlinePercent(20);
        AtomicInteger made = new AtomicInteger();
        AtomicInteger failed = new AtomicInteger();
        Kernels.simulate(simulation, 2 * Kernels.MANY, stand -> {
            int connects = 8;
            Connects handler = new Connects();
            Duration limit = Duration.ofMillis(1 + stand.random().nextInt(4));
            TestEndpoint client = stand.client(handler, options -> options.connectTimeout(limit));
            PeerListener listener = stand.kernel().listen();
            Stand.Task accepting = stand.fork("accepting", () -> echoAll(listener));
            for (int i = 0; i < connects; i++) {
                assertTrue(client.endpoint().connect(listener.address(), null));
            }
            stand.await(
                    "all outcomes",
                    () -> handler.failed() + client.order().connections().size() == connects);
            client.awaitReleased(client.order().connections().size());
            stand.await("room", () -> client.endpoint().counters().unreleased() == 0);
            listener.close();
            accepting.await();
            handler.expect(connects - client.order().connections().size(), WSAETIMEDOUT);
            made.getAndAdd(client.order().connections().size());
            failed.getAndAdd(handler.failed());
        });
        assertTrue(made.get() > 0 && failed.get() > 0, made + " made, " + failed + " failed");
    }

    @Test
    void closeEndsTheWaitForAnAnswerAtOnce() {
        Kernels.simulate(SimulationOptions.DEFAULT, Kernels.MANY, stand -> {
            Connects handler = new Connects();
            TestEndpoint client = stand.client(handler, options -> options);
            for (int i = 0; i < 3; i++) {
                assertTrue(client.endpoint().connect(silent(stand), null));
            }
            stand.kernel().pause(Duration.ofMillis(stand.random().nextInt(3)));
            stand.expectWithin(
                    Duration.ofMillis(100), stand.time(() -> client.endpoint().close()));
            handler.expect(3, ABORTED);
        });
    }

    @Test
    void connectThatIsAlwaysRefusedEndsWithTheTimeWithoutSpinning() {
        Faults faults = Faults.MILD.withRefusedConnects(100);
        Kernels.simulate(SimulationOptions.DEFAULT.withFaults(faults), Kernels.MANY, stand -> {
            Connects handler = new Connects();
            Duration limit = Duration.ofSeconds(3);
            TestEndpoint client = stand.client(handler, options -> options.connectTimeout(limit));
            try (PeerListener listener = stand.kernel().listen()) {
                Duration took = stand.time(() -> {
                    assertTrue(client.endpoint().connect(listener.address(), null));
                    stand.await("the end of the time", () -> handler.failed() == 1);
                });
                assertTrue(took.compareTo(limit) >= 0, took::toString);
                stand.expectWithin(limit.plusMillis(60), took);
            }
            handler.expect(1, WSAETIMEDOUT);
            WinsockException refusal = assertInstanceOf(
                    WinsockException.class, handler.failures().getFirst().getCause());
            assertEquals(WSAENOBUFS, refusal.code());
            // At 0, 10, 30, 70, 150, 310, 630, 1270 and 2270 ms.
            assertEquals(9, client.endpoint().counters().shortage().connects());
        });
    }

    @Test
    void connectsThatAreRefusedNowAndThenAreMade() {
        Faults faults = Faults.MILD.withRefusedConnects(70).withRefusedPosts(30);
        Kernels.simulate(SimulationOptions.DEFAULT.withFaults(faults), Kernels.MANY, stand -> {
            Connects handler = new Connects();
            TestEndpoint client = stand.client(handler, options -> options.connectTimeout(Duration.ZERO));
            PeerListener listener = stand.kernel().listen();
            Stand.Task accepting = stand.fork("accepting", () -> echoAll(listener));
            for (int i = 0; i < 5; i++) {
                assertTrue(client.endpoint().connect(listener.address(), null));
            }
            client.awaitReleased(5);
            listener.close();
            accepting.await();
            assertEquals(0, handler.failed());
        });
    }

    @Test
    void closeEndsTheWaitForMemoryAtOnce() {
        Faults faults = Faults.MILD.withRefusedConnects(100);
        Kernels.simulate(SimulationOptions.DEFAULT.withFaults(faults), Kernels.MANY, stand -> {
            Connects handler = new Connects();
            TestEndpoint client = stand.client(handler, options -> options);
            int retries = stand.random().nextInt(20);
            try (PeerListener listener = stand.kernel().listen()) {
                for (int i = 0; i < 3; i++) {
                    assertTrue(client.endpoint().connect(listener.address(), null));
                }
                stand.await(
                        retries + " retries",
                        () -> client.endpoint().counters().shortage().connects() >= retries);
                Duration took = stand.time(() -> client.endpoint().close());
                stand.expectWithin(Duration.ofMillis(100), took);
            }
            handler.expect(3, ABORTED);
        });
    }

    private static InetSocketAddress silent(Stand stand) {
        return ((SimulatedTestKernel) stand.kernel()).silentAddress();
    }

    /// Sends a frame to each connection, and waits for it to come back, or for the end.
    private static void echoAll(PeerListener listener) {
        while (true) {
            Peer peer;
            try {
                peer = listener.accept();
            } catch (IOException _) {
                return;
            }
            try {
                peer.write(WireFrames.encode(new byte[] {1}));
                WireFrames.expect(peer, new byte[] {1});
            } catch (IOException _) {
                // It was given up.
            }
            Stand.closeQuietly(peer);
        }
    }
}
