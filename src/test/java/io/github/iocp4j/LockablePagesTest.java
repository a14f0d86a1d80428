package io.github.iocp4j;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.iocp4j.CloseReason.Kind;
import io.github.iocp4j.simulation.SimulatedTestKernel;
import io.github.iocp4j.simulation.SimulationOptions;
import io.github.iocp4j.testing.CountedCall;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// A machine that lets eight pages be locked, and a hundred busy connections on it. Simulated only.
@Timeout(value = 600, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class LockablePagesTest {
    private static final int PAGES = 8;
    private static final int CONNECTIONS = 100;
    private static final int FRAMES = 4;
    private static final int MOST_BYTES = 12_000;
    private static final int SEEDS = 12;

    /// A frame crosses the machine twice, cut in parts of a page, each with a send, a read and their packets.
    private static final long EVENTS_A_FRAME = 150;

    private static final long EVENTS_A_CONNECTION = 100;

    /// What a refusal costs: a post by the timer, its packet, and a new try.
    private static final long EVENTS_A_REFUSAL = 8;

    private static final List<CountedCall> REFUSABLE = List.of(
            CountedCall.WSA_RECV,
            CountedCall.WSA_RECV_ZERO_BYTE,
            CountedCall.WSA_SEND,
            CountedCall.ACCEPT_EX,
            CountedCall.CONNECT_EX,
            CountedCall.POST_QUEUED_COMPLETION_STATUS);

    private final Map<CountedCall, Long> refusals = new EnumMap<>(CountedCall.class);

    @Test
    void everyByteArrivesAndEachKindOfCallIsRefused() {
        Kernels.simulate(SimulationOptions.DEFAULT.withLockablePages(PAGES), SEEDS, this::echoes);
        for (CountedCall call : REFUSABLE) {
            assertTrue(refusals.getOrDefault(call, 0L) > 0, () -> call + " was never refused: " + refusals);
        }
    }

    private void echoes(Stand stand) throws Exception {
        Echo echo = new Echo();
        TestEndpoint server = stand.serve(echo, each -> each.maxConnections(CONNECTIONS));
        Asker asker = new Asker(stand.random().nextLong());
        TestEndpoint client = stand.client(asker, each -> each.maxConnections(CONNECTIONS));
        for (int i = 0; i < CONNECTIONS; i++) {
            assertTrue(client.endpoint().connect(server.endpoint().localAddress(), new Asker.Talk(asker.random)));
        }
        stand.await("the end of all connections", () -> client.order().released() == CONNECTIONS);
        assertEquals(0, client.order().failedConnects());
        client.expectEnds(CONNECTIONS, Kind.CLOSED);
        server.expectEnds(CONNECTIONS, Kind.PEER_CLOSED);
        assertEquals(CONNECTIONS * FRAMES, asker.answers.get());
        assertTrue(echo.refusals().isEmpty(), () -> echo.refusals().toString());
        SimulatedTestKernel kernel = (SimulatedTestKernel) stand.kernel();
        assertEquals(PAGES, kernel.mostPagesLocked());
        long refused = 0;
        for (CountedCall call : REFUSABLE) {
            refused += kernel.refusals(call);
            refusals.merge(call, kernel.refusals(call), Long::sum);
        }
        checkCalls(kernel.history().size(), refused);
    }

    /// Nobody spins: there are so many events for each frame and connection, and so many for each refusal.
    private static void checkCalls(long events, long refused) {
        long most = CONNECTIONS * (FRAMES * EVENTS_A_FRAME + EVENTS_A_CONNECTION) + refused * EVENTS_A_REFUSAL;
        assertTrue(events <= most, () -> events + " events with " + refused + " refusals: more than " + most);
    }

    /// Sends a frame, checks its echo, sends the next one, and closes after the last.
    private static final class Asker implements EndpointHandler {
        private final Random random;
        private final AtomicInteger answers = new AtomicInteger();

        private Asker(long seed) {
            random = new Random(seed);
        }

        @Override
        public void connected(Connection connection) {
            talk(connection).ask(connection);
        }

        @Override
        public void frameReceived(Connection connection, Frame frame) {
            Talk talk = talk(connection);
            assertArrayEquals(talk.asked, frame.toByteArray());
            answers.getAndIncrement();
            if (--talk.left > 0) {
                talk.ask(connection);
            } else {
                connection.close();
            }
        }

        private static Talk talk(Connection connection) {
            return (Talk) connection.attachment();
        }

        private static final class Talk {
            private final Random random;
            private int left = FRAMES;
            private byte[] asked = {};

            private Talk(Random seeds) {
                random = new Random(seeds.nextLong());
            }

            private void ask(Connection connection) {
                asked = WireFrames.random(random, random.nextInt(MOST_BYTES));
                assertEquals(SendResult.QUEUED, connection.send(asked));
            }
        }
    }
}
