package io.github.iocp4j.net;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.iocp4j.contract.KernelContract;
import io.github.iocp4j.internal.win32.LinkedNtdll;
import io.github.iocp4j.net.TestTransport.Pair;
import io.github.iocp4j.testing.Peer;
import io.github.iocp4j.testing.PeerListener;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.net.InetSocketAddress;
import java.net.SocketException;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;

abstract class TcpChannelContract extends KernelContract {
    private static final int STREAM_BYTES = 30_000;
    private static final int BUFFER_BYTES = 700;
    private static final int PENDING = 4;
    private static final int PIECES = BufferVector.CAPACITY;

    /// WSAECONNREFUSED.
    private static final int REFUSED = 10061;

    TcpChannelContract(boolean simulated) {
        super(simulated);
    }

    @Test
    void everyByteIsReceivedAndSentInOrder() {
        check(kernel -> {
            try (TestTransport transport = new TestTransport(kernel)) {
                Pair pair = transport.pair();
                byte[] bytes = new byte[STREAM_BYTES];
                kernel.random().nextBytes(bytes);
                kernel.fork("writer", () -> {
                    pair.peer().write(bytes);
                    pair.peer().shutdownOutput();
                });
                AtomicBoolean over = new AtomicBoolean();
                kernel.fork("echo", () -> {
                    echo(transport, pair.channel());
                    over.set(true);
                });
                assertArrayEquals(bytes, pair.peer().readFully(STREAM_BYTES));
                assertEquals(-1, pair.peer().read(new byte[1]));
                transport.await("the echo's last call", over::get);
            }
        });
    }

    /// Until the end of the stream, which it passes on.
    private static void echo(TestTransport transport, TcpChannel channel) {
        TestOperation receive = transport.operation(BUFFER_BYTES);
        TestOperation send = transport.operation(BUFFER_BYTES);
        while (true) {
            receive.receive(channel);
            assertEquals(0, receive.await());
            byte[] received = receive.received();
            if (received.length == 0) {
                assertEquals(0, channel.shutdownOutput());
                return;
            }
            assertEquals(0, send.await());
            send.send(channel, received);
        }
    }

    @Test
    void piecesOfAGatheringSendArriveInTheirOrder() {
        check(kernel -> {
            try (TestTransport transport = new TestTransport(kernel)) {
                Pair pair = transport.pair();
                TestOperation send = transport.operation(2 * PIECES);
                BufferVector vector = new BufferVector();
                byte[] expected = new byte[PIECES];
                for (int i = 0; i < PIECES; i++) {
                    long offset = 2L * (PIECES - 1 - i);
                    send.memory().set(ValueLayout.JAVA_BYTE, offset, (byte) i);
                    vector.add(send.memory().address() + offset, 1);
                    expected[i] = (byte) i;
                }
                assertThrows(IndexOutOfBoundsException.class, () -> vector.add(0, 1));
                assertEquals(PIECES, vector.totalBytes());
                send.submit(pair.channel(), each -> pair.channel().send(each, vector));
                vector.clear();
                assertEquals(0, vector.count());
                assertArrayEquals(expected, pair.peer().readFully(PIECES));
                assertEquals(0, send.await());
                assertEquals(PIECES, send.operation().bytesTransferred());
            }
        });
    }

    @Test
    void receivesEndInTheOrderOfTheirSubmission() {
        check(kernel -> {
            try (TestTransport transport = new TestTransport(kernel)) {
                Pair pair = transport.pair();
                TestOperation[] receives = new TestOperation[PENDING];
                for (int i = 0; i < PENDING; i++) {
                    receives[i] = transport.operation(1);
                    receives[i].receive(pair.channel());
                }
                pair.peer().write(new byte[] {0, 1, 2, 3});
                for (int i = 0; i < PENDING; i++) {
                    assertEquals(0, receives[i].await());
                    assertArrayEquals(new byte[] {(byte) i}, receives[i].received());
                }
            }
        });
    }

    @Test
    void endOfTheStreamIsASuccessWithoutBytesAndSendingGoesOn() {
        check(kernel -> {
            try (TestTransport transport = new TestTransport(kernel)) {
                Pair pair = transport.pair();
                TestOperation receive = transport.operation(BUFFER_BYTES);
                receive.receive(pair.channel());
                pair.peer().shutdownOutput();
                assertEquals(0, receive.await());
                assertEquals(0, receive.received().length);
                TestOperation send = transport.operation(1);
                send.send(pair.channel(), new byte[] {7});
                assertArrayEquals(new byte[] {7}, pair.peer().readFully(1));
                assertEquals(0, send.await());
                assertEquals(0, pair.channel().shutdownOutput());
                assertEquals(-1, pair.peer().read(new byte[1]));
            }
        });
    }

    @Test
    void resetIsNoEndOfTheStream() {
        check(kernel -> {
            try (TestTransport transport = new TestTransport(kernel)) {
                Pair pair = transport.pair();
                TestOperation receive = transport.operation(BUFFER_BYTES);
                receive.receive(pair.channel());
                pair.peer().reset();
                assertEquals(TcpChannel.RESET, receive.await());
            }
        });
    }

    @Test
    void readinessIsToldWithoutABufferAndWhatIsThereIsReceivedAtOnce() {
        check(kernel -> {
            try (TestTransport transport = new TestTransport(kernel)) {
                Pair pair = transport.pair();
                TcpChannel channel = pair.channel();
                assertEquals(0, channel.setNonBlocking());
                TestOperation ready = transport.operation(1);
                MemorySegment buffer = transport.arena().allocate(BUFFER_BYTES);
                assertEquals(-TcpChannel.WOULD_BLOCK, channel.receiveNow(buffer.address(), BUFFER_BYTES));
                byte[] bytes = new byte[STREAM_BYTES];
                kernel.random().nextBytes(bytes);
                kernel.fork("writer", () -> {
                    pair.peer().write(bytes);
                    pair.peer().shutdownOutput();
                });
                ByteArrayOutputStream received = new ByteArrayOutputStream();
                int count = -TcpChannel.WOULD_BLOCK;
                while (count != 0) {
                    if (count == -TcpChannel.WOULD_BLOCK) {
                        ready.receiveReady(channel);
                        assertEquals(0, ready.await());
                        assertEquals(0, ready.operation().bytesTransferred());
                    }
                    count = channel.receiveNow(buffer.address(), BUFFER_BYTES);
                    assertTrue(count >= 0 || count == -TcpChannel.WOULD_BLOCK, "code " + -count);
                    received.writeBytes(buffer.asSlice(0, Math.max(0, count)).toArray(ValueLayout.JAVA_BYTE));
                }
                assertArrayEquals(bytes, received.toByteArray());
            }
        });
    }

    @Test
    void closeBringsEveryPendingOperationHome() {
        check(kernel -> {
            try (TestTransport transport = new TestTransport(kernel)) {
                Pair pair = transport.pair();
                TestOperation[] receives = new TestOperation[PENDING];
                for (int i = 0; i < PENDING; i++) {
                    receives[i] = transport.operation(BUFFER_BYTES);
                    assertEquals(TcpChannel.PENDING, receives[i].receive(pair.channel()));
                }
                assertFalse(pair.channel().isClosed());
                pair.channel().close();
                assertTrue(pair.channel().isClosed());
                for (TestOperation receive : receives) {
                    assertEquals(TcpChannel.ABORTED, receive.await());
                }
                pair.channel().close();
                pair.channel().abort();
            }
        });
    }

    @Test
    void closeAfterTheEndOfBothStreamsIsFriendly() {
        check(kernel -> {
            try (TestTransport transport = new TestTransport(kernel)) {
                Pair pair = transport.pair();
                pair.peer().shutdownOutput();
                TestOperation receive = transport.operation(1);
                receive.receive(pair.channel());
                assertEquals(0, receive.await());
                pair.channel().close();
                assertEquals(-1, pair.peer().read(new byte[1]));
            }
        });
    }

    @Test
    void abortResetsThePeer() {
        check(kernel -> {
            try (TestTransport transport = new TestTransport(kernel)) {
                Pair pair = transport.pair();
                TestOperation send = transport.operation(1);
                send.send(pair.channel(), new byte[] {1});
                assertEquals(1, pair.peer().readFully(1).length);
                pair.channel().abort();
                if (hidesResets()) {
                    assertTrue(isCut(pair.peer()));
                } else {
                    assertThrows(SocketException.class, () -> pair.peer().read(new byte[1]));
                }
            }
        });
    }

    @Test
    void connectThatNobodyTakesFails() {
        check(kernel -> {
            try (TestTransport transport = new TestTransport(kernel)) {
                InetSocketAddress gone;
                try (PeerListener listener = kernel.listen()) {
                    gone = listener.address();
                }
                TcpChannel channel = transport.channelTo(gone);
                TestOperation connect = transport.operation(1);
                connect.submit(channel, each -> channel.connect(each, gone));
                assertEquals(REFUSED, connect.await());
            }
        });
    }

    @Test
    void closeCancelsAConnect() {
        check(kernel -> {
            try (TestTransport transport = new TestTransport(kernel);
                    PeerListener listener = kernel.listen()) {
                TcpChannel channel = transport.channelTo(listener.address());
                TestOperation connect = transport.operation(1);
                connect.submit(channel, each -> channel.connect(each, listener.address()));
                if (kernel.random().nextBoolean()) {
                    kernel.pause(Duration.ofMillis(1));
                }
                channel.close();
                int code = connect.await();
                assertTrue(code == 0 || code == TcpChannel.ABORTED, "code " + code);
                assertEquals(TcpChannel.ABORTED, channel.finishConnect());
            }
        });
    }

    private static boolean isCut(Peer peer) {
        try {
            return peer.read(new byte[1]) < 0;
        } catch (IOException _) {
            return true;
        }
    }

    /// Wine shows a reset as the end of the stream to who has nothing pending when it arrives.
    private boolean hidesResets() {
        return !isSimulated() && !new LinkedNtdll().wine_get_version().isEmpty();
    }
}
