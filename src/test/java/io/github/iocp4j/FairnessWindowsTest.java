package io.github.iocp4j;

import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.iocp4j.testing.Peer;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;

class FairnessWindowsTest extends FairnessContract {
    private static final int FLOODS = 16;
    private static final int ECHOES = 15;
    private static final int MOST_TIMES = 5;
    private static final int LEAST_FRAMES = 10_000;

    FairnessWindowsTest() {
        super(Kernels.WINDOWS);
    }

    /// Only here: all simulated threads share one clock, that of the floods too. For the same reason the pace
    /// alone is that on an endpoint of its own, beside another one that is flooded: the floods need the
    /// processors as well.
    @Test
    void echoOnceASecondKeepsItsPaceAmongFloods() {
        check(1, stand -> {
            TestEndpoint calm =
                    stand.serve(new Echo(), options -> options.ioWorkers(2).batch(1));
            TestEndpoint flooded =
                    stand.serve(new Echo(), options -> options.ioWorkers(2).batch(1));
            try (Peer single = calm.connect();
                    Peer among = flooded.connect()) {
                AtomicBoolean over = new AtomicBoolean();
                List<Stand.Task> floods = new ArrayList<>();
                for (int i = 0; i < FLOODS; i++) {
                    Peer peer = flooded.connect();
                    floods.add(stand.fork("flood-" + i, () -> flood(peer, over)));
                    floods.add(stand.fork("drain-" + i, () -> drain(peer)));
                }
                EchoPace alone = new EchoPace(stand, single);
                EchoPace crowded = new EchoPace(stand, among);
                long before = frames(flooded);
                // In turns: whatever else the machine does meanwhile slows down both.
                for (int i = 0; i < ECHOES; i++) {
                    stand.kernel().pause(Duration.ofSeconds(1));
                    alone.echo();
                    crowded.echo();
                }
                long meanwhile = frames(flooded) - before;
                over.set(true);
                floods.forEach(Stand.Task::await);
                assertTrue(meanwhile > LEAST_FRAMES, () -> "a flood of only " + meanwhile + " frames");
                crowded.expectAtMost(MOST_TIMES, alone);
            }
            flooded.awaitReleased(FLOODS + 1);
        });
    }

    private static long frames(TestEndpoint server) {
        return server.endpoint().counters().traffic().framesReceived();
    }

    private static void flood(Peer peer, AtomicBoolean over) throws IOException {
        byte[] chunk = WireFrames.encode(Collections.nCopies(16, new byte[1000]));
        while (!over.get()) {
            peer.write(chunk);
        }
        peer.shutdownOutput();
    }

    private static void drain(Peer peer) throws IOException {
        byte[] bytes = new byte[64 << 10];
        while (peer.read(bytes) > 0) {}
        peer.close();
    }
}
