package io.github.iocp4j.net;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.iocp4j.contract.KernelContract;
import io.github.iocp4j.net.TestTransport.Pair;
import io.github.iocp4j.testing.TestKernel;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.time.Duration;
import java.util.Random;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

abstract class TcpCancelContract extends KernelContract {
    private static final int STREAM_BYTES = 20_000;
    private static final int BUFFER_BYTES = 500;
    private static final int BIG_SEND = 8 << 20;
    private static final Duration MOMENT = Duration.ofMillis(50);

    TcpCancelContract(boolean simulated) {
        super(simulated);
    }

    @Test
    void channelReceivesAndSendsAfterACancelledReceive() {
        check(kernel -> {
            try (TestTransport transport = new TestTransport(kernel)) {
                Pair pair = transport.pair();
                TestOperation receive = transport.operation(BUFFER_BYTES);
                for (int i = 0; i < 3; i++) {
                    assertEquals(TcpChannel.PENDING, receive.receive(pair.channel()));
                    pair.channel().cancel(receive.operation());
                    assertEquals(TcpChannel.ABORTED, receive.await());
                    byte[] bytes = random(kernel, 100);
                    pair.peer().write(bytes);
                    assertArrayEquals(bytes, receiveAll(pair.channel(), receive, 100));
                    TestOperation send = transport.operation(100);
                    send.send(pair.channel(), bytes);
                    assertArrayEquals(bytes, pair.peer().readFully(100));
                    assertEquals(0, send.await());
                }
            }
        });
    }

    @Test
    void bytesThatArriveAfterACancelAreThereForTheNextReceive() {
        check(kernel -> {
            try (TestTransport transport = new TestTransport(kernel)) {
                Pair pair = transport.pair();
                TestOperation receive = transport.operation(BUFFER_BYTES);
                receive.receive(pair.channel());
                pair.channel().cancel(receive.operation());
                assertEquals(TcpChannel.ABORTED, receive.await());
                byte[] bytes = random(kernel, 300);
                pair.peer().write(bytes);
                pair.peer().shutdownOutput();
                kernel.pause(MOMENT);
                assertArrayEquals(bytes, receiveAll(pair.channel(), receive, 300));
                receive.receive(pair.channel());
                assertEquals(0, receive.await());
                assertEquals(0, receive.received().length);
            }
        });
    }

    @Test
    void dataThatWinsTheRaceIsKept() {
        AtomicInteger cancelled = new AtomicInteger();
        AtomicInteger won = new AtomicInteger();
        check(kernel -> {
            try (TestTransport transport = new TestTransport(kernel)) {
                Pair pair = transport.pair();
                byte[] bytes = random(kernel, STREAM_BYTES);
                kernel.fork("writer", () -> writeInPieces(kernel, pair, bytes));
                TestOperation receive = transport.operation(BUFFER_BYTES);
                ByteArrayOutputStream received = new ByteArrayOutputStream();
                while (received.size() < STREAM_BYTES) {
                    if (receive.receive(pair.channel()) == TcpChannel.PENDING) {
                        pair.channel().cancel(receive.operation());
                    }
                    int code = receive.await();
                    if (code == 0) {
                        won.incrementAndGet();
                        received.writeBytes(receive.received());
                    } else {
                        assertEquals(TcpChannel.ABORTED, code);
                        cancelled.incrementAndGet();
                    }
                }
                assertArrayEquals(bytes, received.toByteArray());
            }
        });
        assertTrue(cancelled.get() > 0, "none was cancelled");
        assertTrue(won.get() > 0, "none won against its cancel");
    }

    @Test
    void othersStayPending() {
        check(kernel -> {
            try (TestTransport transport = new TestTransport(kernel)) {
                Pair pair = transport.pair();
                TestOperation first = transport.operation(BUFFER_BYTES);
                TestOperation second = transport.operation(BUFFER_BYTES);
                first.receive(pair.channel());
                second.receive(pair.channel());
                pair.channel().cancel(second.operation());
                assertEquals(TcpChannel.ABORTED, second.await());
                assertFalse(first.isHome());
                pair.peer().write(new byte[] {1});
                assertEquals(0, first.await());
                assertArrayEquals(new byte[] {1}, first.received());
            }
        });
    }

    @Test
    void cancelOfWhatIsHomeOrOnAnotherChannelDoesNothing() {
        check(kernel -> {
            try (TestTransport transport = new TestTransport(kernel)) {
                Pair pair = transport.pair();
                Pair other = transport.pair();
                TestOperation home = transport.operation(BUFFER_BYTES);
                TestOperation pending = transport.operation(BUFFER_BYTES);
                TestOperation elsewhere = transport.operation(BUFFER_BYTES);
                pending.receive(pair.channel());
                elsewhere.receive(other.channel());
                pair.channel().cancel(home.operation());
                pair.channel().cancel(elsewhere.operation());
                kernel.pause(MOMENT);
                assertFalse(pending.isHome());
                assertFalse(elsewhere.isHome());
                // A send that was never given to Windows leaves the channel as it was.
                assertEquals(0, sendOne(pair, home));
                pair.peer().write(new byte[1]);
                other.peer().write(new byte[1]);
                assertEquals(0, pending.await());
                assertEquals(0, elsewhere.await());
            }
        });
    }

    @Test
    void cancelAtAnyMomentOfASubmissionDoesNoHarm() {
        check(kernel -> {
            try (TestTransport transport = new TestTransport(kernel)) {
                Pair pair = transport.pair();
                TestOperation receive = transport.operation(BUFFER_BYTES);
                AtomicBoolean cancelled = new AtomicBoolean();
                kernel.fork("canceller", () -> {
                    pair.channel().cancel(receive.operation());
                    cancelled.set(true);
                });
                receive.receive(pair.channel());
                // That one may come too early, or it may be too late.
                pair.channel().cancel(receive.operation());
                assertEquals(TcpChannel.ABORTED, receive.await());
                pair.peer().write(new byte[] {1});
                transport.await("the other cancel", cancelled::get);
                assertEquals(1, receiveAll(pair.channel(), receive, 1)[0]);
            }
        });
    }

    @Test
    void cancelledSendComesHome() {
        check(kernel -> {
            try (TestTransport transport = new TestTransport(kernel)) {
                Pair pair = transport.pair();
                TestOperation send = transport.operation(isSimulated() ? STREAM_BYTES : BIG_SEND);
                // Nobody reads there: sooner or later one is not taken whole.
                int code = 0;
                while (code == 0) {
                    code = send.send(
                            pair.channel(), new byte[(int) send.memory().byteSize()]);
                    kernel.pause(MOMENT);
                    code = send.isHome() ? send.await() : code;
                }
                assertEquals(TcpChannel.PENDING, code);
                pair.channel().cancel(send.operation());
                assertEquals(TcpChannel.ABORTED, send.await());
                pair.channel().abort();
            }
        });
    }

    @Test
    void cancelOnAClosedChannelDoesNothing() {
        check(kernel -> {
            try (TestTransport transport = new TestTransport(kernel)) {
                Pair pair = transport.pair();
                TestOperation receive = transport.operation(BUFFER_BYTES);
                receive.receive(pair.channel());
                pair.channel().close();
                pair.channel().cancel(receive.operation());
                assertEquals(TcpChannel.ABORTED, receive.await());
            }
        });
    }

    private static int sendOne(Pair pair, TestOperation send) throws IOException {
        send.send(pair.channel(), new byte[1]);
        pair.peer().readFully(1);
        return send.await();
    }

    private static byte[] receiveAll(TcpChannel channel, TestOperation receive, int length) {
        ByteArrayOutputStream received = new ByteArrayOutputStream();
        while (received.size() < length) {
            receive.receive(channel);
            assertEquals(0, receive.await());
            received.writeBytes(receive.received());
        }
        return received.toByteArray();
    }

    private static void writeInPieces(TestKernel kernel, Pair pair, byte[] bytes) throws IOException {
        Random random = new Random(bytes[0]);
        for (int done = 0; done < bytes.length; ) {
            int count = Math.min(bytes.length - done, 1 + random.nextInt(2 * BUFFER_BYTES));
            pair.peer().write(bytes, done, count);
            done += count;
            if (random.nextInt(4) == 0) {
                kernel.pause(Duration.ofMillis(1));
            }
        }
    }

    private static byte[] random(TestKernel kernel, int length) {
        byte[] bytes = new byte[length];
        kernel.random().nextBytes(bytes);
        return bytes;
    }
}
