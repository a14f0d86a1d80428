package io.github.iocp4j;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.iocp4j.port.CompletionPort;
import io.github.iocp4j.port.TestPorts;
import io.github.iocp4j.testing.AllocatedBytes;
import io.github.iocp4j.testing.CountedCall;
import io.github.iocp4j.testing.CountingHost;
import io.github.iocp4j.testing.KernelCounts;
import io.github.iocp4j.testing.Peer;
import io.github.iocp4j.testing.TestKernel;
import io.github.iocp4j.testing.WindowsTestKernel;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// What an endpoint allocates on the Java heap while it echoes on a real kernel.
@Timeout(300)
class EndpointAllocationWindowsTest {
    private static final String THREADS = "iocp4j-";
    private static final int WORKERS = 2;
    private static final int PEERS = 10;
    private static final int ROUND_ECHOES = 5_000;
    private static final int QUIET_ROUNDS = 3;
    private static final int MOST_ROUNDS = 40;
    private static final int ECHOES = 50_000;
    private static final int PAYLOAD_BYTES = 64;
    private static final long MOST_BYTES = 1024;
    private static final Duration LIMIT = Duration.ofSeconds(100);

    @ParameterizedTest
    @CsvSource({"ZERO_BYTE, POSTED", "ZERO_BYTE, AUTO", "PENDING, POSTED", "PENDING, AUTO"})
    void echoesAllocateNothing(ReadMode readMode, Dispatch dispatch) {
        TestKernel kernel = new WindowsTestKernel(1);
        kernel.run(() -> {
            CountingHost host = new CountingHost(kernel.host());
            EndpointOptions options = EndpointOptions.server(
                            new InetSocketAddress(InetAddress.ofLiteral("127.0.0.1"), 0))
                    .ioWorkers(WORKERS)
                    .maxConnections(PEERS)
                    .readMode(readMode)
                    .dispatch(dispatch)
                    .build();
            CompletionPort port = TestPorts.open(host, 0, options.operations());
            try (IocpEndpoint endpoint = IocpEndpoint.start(options, new Echo(), port)) {
                List<Peer> peers = new ArrayList<>();
                for (int i = 0; i < PEERS; i++) {
                    peers.add(kernel.connect(endpoint.localAddress()));
                }
                warmUp(kernel, peers);
                measure(kernel, peers, endpoint, host.counts());
                for (Peer peer : peers) {
                    peer.close();
                }
            }
        });
    }

    /// Echoes until some rounds of them have allocated nothing: the JDK makes a small object in each downcall that C2
    /// has not compiled yet.
    private static void warmUp(TestKernel kernel, List<Peer> peers) {
        int quiet = 0;
        for (int round = 0; quiet < QUIET_ROUNDS; round++) {
            assertTrue(round < MOST_ROUNDS, "echoes allocate, however warm");
            AllocatedBytes allocated = AllocatedBytes.ofThreads(THREADS);
            echo(kernel, peers, ROUND_ECHOES);
            quiet = allocated.sinceThen() < MOST_BYTES ? quiet + 1 : 0;
        }
    }

    private static void measure(TestKernel kernel, List<Peer> peers, IocpEndpoint endpoint, KernelCounts counts) {
        long frames = endpoint.counters().framesReceived();
        long receives = receives(counts);
        long sends = counts.calls(CountedCall.WSA_SEND);
        AllocatedBytes allocated = AllocatedBytes.ofThreads(THREADS);
        assertTrue(allocated.threads() >= WORKERS, "the I/O workers are among the threads");
        echo(kernel, peers, ECHOES);
        long bytes = allocated.sinceThen();
        assertEquals(ECHOES, endpoint.counters().framesReceived() - frames);
        assertTrue(receives(counts) - receives >= ECHOES, "at least one receive an echo");
        assertTrue(counts.calls(CountedCall.WSA_SEND) - sends >= ECHOES, "at least one send an echo");
        assertTrue(bytes < MOST_BYTES, () -> bytes + " bytes were allocated by " + ECHOES + " echoes");
    }

    private static long receives(KernelCounts counts) {
        return counts.calls(CountedCall.WSA_RECV) + counts.calls(CountedCall.WSA_RECV_NON_BLOCKING);
    }

    /// Echoes on all connections at once, and one frame at a time on each.
    private static void echo(TestKernel kernel, List<Peer> peers, int echoes) {
        AtomicInteger done = new AtomicInteger();
        for (Peer peer : peers) {
            kernel.fork("peer", () -> {
                echo(peer, echoes / PEERS);
                done.getAndIncrement();
            });
        }
        kernel.await(echoes + " echoes", LIMIT, () -> done.get() == PEERS);
    }

    private static void echo(Peer peer, int echoes) throws IOException {
        byte[] frame = ByteBuffer.allocate(Integer.BYTES + PAYLOAD_BYTES)
                .order(ByteOrder.LITTLE_ENDIAN)
                .putInt(PAYLOAD_BYTES)
                .array();
        byte[] echoed = new byte[frame.length];
        for (int i = 0; i < echoes; i++) {
            frame[Integer.BYTES + i % PAYLOAD_BYTES]++;
            peer.write(frame);
            peer.readFully(echoed, 0, echoed.length);
            assertArrayEquals(frame, echoed);
        }
    }
}
