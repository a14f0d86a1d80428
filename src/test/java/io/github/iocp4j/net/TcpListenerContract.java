package io.github.iocp4j.net;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.iocp4j.contract.KernelContract;
import io.github.iocp4j.net.TestListener.Accepted;
import io.github.iocp4j.simulation.Faults;
import io.github.iocp4j.simulation.SimulationOptions;
import io.github.iocp4j.testing.Peer;
import io.github.iocp4j.testing.TestKernel;
import java.io.IOException;
import java.net.ConnectException;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

abstract class TcpListenerContract extends KernelContract {
    private static final int PEERS = 12;

    TcpListenerContract(boolean simulated) {
        super(simulated);
    }

    @Test
    void everyPeerIsAccepted() {
        check(kernel -> {
            try (TestTransport transport = new TestTransport(kernel)) {
                TestListener listener = transport.listen();
                for (int i = 0; i < PEERS; i++) {
                    kernel.fork("peer-" + i, () -> expectGreeting(kernel.connect(listener.address())));
                }
                for (int i = 0; i < PEERS; i++) {
                    greet(transport, listener.accept());
                }
                assertEquals(List.of(), listener.failures());
            }
        });
    }

    @Test
    void failedAcceptDoesNotEndListening() {
        SimulationOptions options =
                SimulationOptions.DEFAULT.withInlinePercent(0).withFaults(Faults.MILD.withFailedAccepts(50));
        AtomicInteger failed = new AtomicInteger();
        check(options, kernel -> {
            try (TestTransport transport = new TestTransport(kernel)) {
                TestListener listener = transport.listen();
                for (int i = 0; i < PEERS; i++) {
                    kernel.connect(listener.address()).reset();
                }
                int served = 0;
                while (served < 2) {
                    int failures = listener.failures().size();
                    Peer peer = kernel.connect(listener.address());
                    transport.await(
                            "an outcome",
                            () -> listener.isWaiting() || listener.failures().size() > failures);
                    served += takeUnlessGone(transport, listener, peer);
                    peer.close();
                }
                failed.addAndGet(listener.failures().size());
            }
        });
        assertTrue(!isSimulated() || failed.get() > 0, "no accept failed");
    }

    /// @return 1 when this peer was accepted, else 0
    private static int takeUnlessGone(TestTransport transport, TestListener listener, Peer peer) throws IOException {
        int served = 0;
        while (listener.isWaiting()) {
            Accepted accepted = listener.accept();
            if (accepted.remote().equals(peer.localAddress())) {
                TestOperation send = transport.operation(1);
                send.send(accepted.channel(), new byte[] {7});
                assertEquals(7, peer.readFully(1)[0]);
                assertEquals(0, send.await());
                served = 1;
            }
            accepted.channel().close();
        }
        return served;
    }

    @Test
    void refusedAcceptIsMadeAgainLater() {
        check(SimulationOptions.DEFAULT.withFaults(refusals(70, 35)), kernel -> {
            try (TestTransport transport = new TestTransport(kernel)) {
                TestListener listener = transport.listen();
                for (int i = 0; i < PEERS; i++) {
                    kernel.fork("peer-" + i, () -> expectGreeting(kernel.connect(listener.address())));
                }
                for (int i = 0; i < PEERS; i++) {
                    greet(transport, listener.accept());
                }
            }
        });
    }

    @Test
    void closeWaitsForNoRetry() {
        check(SimulationOptions.DEFAULT.withFaults(refusals(100, 0)), kernel -> {
            try (TestTransport transport = new TestTransport(kernel)) {
                TestListener listener = transport.listen();
                kernel.pause(Duration.ofSeconds(isSimulated() ? 5 : 0));
                long begun = kernel.host().nanoTime();
                listener.close();
                long millis = (kernel.host().nanoTime() - begun) / 1_000_000;
                assertTrue(!isSimulated() || millis < 100, millis + " ms");
            }
        });
    }

    @Test
    void nothingIsAcceptedAfterTheEnd() {
        check(kernel -> {
            try (TestTransport transport = new TestTransport(kernel)) {
                TestListener listener = transport.listen();
                AtomicInteger over = new AtomicInteger();
                for (int i = 0; i < PEERS; i++) {
                    kernel.fork("peer-" + i, () -> {
                        tryToTalk(kernel, listener.address());
                        over.incrementAndGet();
                    });
                }
                kernel.pause(Duration.ofNanos(kernel.random().nextInt(300_000)));
                listener.close();
                // TestListener fails a call of its handler that comes now.
                transport.await("the peers", () -> over.get() == PEERS);
                assertEquals(1, listener.ends());
            }
        });
    }

    @Test
    void portIsFreeAgainAfterTheEnd() {
        check(kernel -> {
            try (TestTransport transport = new TestTransport(kernel)) {
                InetSocketAddress address = null;
                for (int i = 0; i < 3; i++) {
                    TestListener listener = address == null ? transport.listen() : transport.listen(address);
                    address = listener.address();
                    InetSocketAddress here = address;
                    listener.close();
                    assertThrows(ConnectException.class, () -> kernel.connect(here));
                }
            }
        });
    }

    private static Faults refusals(int accepts, int posts) {
        return new Faults(0, 0, 0, accepts, 0, posts, 0, 0, 0, 5);
    }

    private static void greet(TestTransport transport, Accepted accepted) {
        TestOperation send = transport.operation(1);
        send.send(accepted.channel(), new byte[] {7});
        assertEquals(0, send.await());
        assertEquals(0, accepted.channel().shutdownOutput());
    }

    private static void expectGreeting(Peer peer) throws IOException {
        assertEquals(7, peer.readFully(1)[0]);
        assertEquals(-1, peer.read(new byte[1]));
        peer.close();
    }

    private static void tryToTalk(TestKernel kernel, InetSocketAddress address) {
        try (Peer peer = kernel.connect(address)) {
            int _ = peer.read(new byte[1]);
        } catch (IOException _) {
            // Refused or reset, because the listener is closed.
        }
    }
}
