package io.github.iocp4j;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.iocp4j.CloseReason.Kind;
import io.github.iocp4j.error.WinsockException;
import io.github.iocp4j.testing.Peer;
import java.io.EOFException;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/// A server that is closed under load and started again on the same port, time after time.
abstract class RestartContract extends EndpointContract {
    private static final int FIRST_PORT = 20_000;
    private static final int PORTS = 12_000;
    private static final int PATIENT_PEERS = 2;
    private static final int ANSWERS = 3;
    private static final Duration LIMIT = Duration.ofSeconds(1);

    RestartContract(Kernels kernels) {
        super(kernels);
    }

    /// On Windows twice fifty times, in two variations, and as often in simulation, but with more seeds.
    @Test
    void closesInTimeDeliversWhatItTookAndLeavesNothingEveryTime() {
        checkLong(stand -> {
            int port = freePort(stand);
            int rounds = isSimulated() ? 7 : 50;
            for (int i = 0; i < rounds; i++) {
                round(stand, new InetSocketAddress(InetAddress.getLoopbackAddress(), port), i % 4 == 0);
            }
        });
    }

    private static void round(Stand stand, InetSocketAddress address, boolean withDeafPeer) throws Exception {
        Answers handler = new Answers();
        TestEndpoint server = start(stand, address, handler);
        List<PatientPeer> patient = new ArrayList<>();
        List<Stand.Task> tasks = new ArrayList<>();
        for (int i = 0; i < PATIENT_PEERS; i++) {
            PatientPeer peer = new PatientPeer(server.connect());
            patient.add(peer);
            tasks.add(stand.fork("patient-" + i, peer::talk));
        }
        Peer deaf = withDeafPeer ? deafPeer(server) : null;
        stand.await("load", () -> patient.stream().allMatch(each -> each.read.get() > 4));
        stand.expectWithin(LIMIT, stand.time(() -> server.endpoint().close(LIMIT)));
        assertEquals("", server.endpoint().leftOver());
        server.expectEnds(withDeafPeer ? PATIENT_PEERS + 1 : PATIENT_PEERS, Kind.ENDPOINT_CLOSED);
        server.verifyOver();
        tasks.forEach(Stand.Task::await);
        for (PatientPeer each : patient) {
            assertEquals(handler.taken(each.address), each.read.get(), "frames that were taken by send");
        }
        if (deaf != null) {
            stand.expectReset(deaf);
            Stand.closeQuietly(deaf);
        }
    }

    /// One that asks for more than any buffer holds, and reads nothing.
    private static Peer deafPeer(TestEndpoint server) throws IOException {
        Peer deaf = server.connect();
        deaf.write(WireFrames.encode(new byte[] {Answers.MUCH}));
        server.stand().await("full queues", () -> server.endpoint().counters().sendsRefused() > 0);
        return deaf;
    }

    private static TestEndpoint start(Stand stand, InetSocketAddress address, EndpointHandler handler)
            throws IOException {
        return stand.start(
                EndpointOptions.server(address).maxConnections(8).pendingAccepts(2), handler, options -> options);
    }

    /// Not one of those that clients are given.
    private int freePort(Stand stand) throws IOException {
        while (true) {
            long number = isSimulated() ? stand.random().nextInt(PORTS) : stand.nanoTime() / 1000 % PORTS;
            int port = FIRST_PORT + (int) number;
            try {
                start(stand, new InetSocketAddress(InetAddress.getLoopbackAddress(), port), new Echo())
                        .endpoint()
                        .close();
                return port;
            } catch (WinsockException _) {
                // Somebody has it.
            }
        }
    }

    /// Answers a frame with several, numbered without a gap, and counts those that were taken.
    private static final class Answers implements EndpointHandler {
        static final byte MUCH = 1;

        private final Map<InetSocketAddress, AtomicInteger> taken = new ConcurrentHashMap<>();

        @Override
        public void frameReceived(Connection connection, Frame frame) {
            if (frame.getByte(0) == MUCH) {
                boolean more = true;
                while (more) {
                    more = isTaken(connection.send(new byte[60_000]));
                }
                return;
            }
            AtomicInteger count = taken.computeIfAbsent(connection.remoteAddress(), _ -> new AtomicInteger());
            for (int i = 0; i < ANSWERS; i++) {
                byte[] numbered = ByteBuffer.allocate(500).putInt(count.get()).array();
                if (isTaken(connection.send(numbered))) {
                    count.getAndIncrement();
                }
            }
        }

        int taken(InetSocketAddress peer) {
            return taken.getOrDefault(peer, new AtomicInteger()).get();
        }

        private static boolean isTaken(SendResult result) {
            return result == SendResult.QUEUED || result == SendResult.ABOVE_MARK;
        }
    }

    /// Asks and reads on until the end of the stream, and then ends too.
    private static final class PatientPeer {
        private final Peer peer;
        private final InetSocketAddress address;
        private final AtomicInteger read = new AtomicInteger();

        PatientPeer(Peer peer) {
            this.peer = peer;
            address = peer.localAddress();
        }

        void talk() throws IOException {
            try (peer) {
                while (true) {
                    peer.write(WireFrames.encode(new byte[] {0}));
                    for (int i = 0; i < ANSWERS; i++) {
                        int number = ByteBuffer.wrap(WireFrames.read(peer)).getInt();
                        assertEquals(read.get(), number, "the number of the next frame");
                        read.getAndIncrement();
                    }
                }
            } catch (EOFException e) {
                String message = String.valueOf(e.getMessage());
                assertTrue(message.contains("after 0 of 4 bytes"), "the stream ends inside a frame: " + message);
            }
        }
    }
}
