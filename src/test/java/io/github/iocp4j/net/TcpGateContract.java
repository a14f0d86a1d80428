package io.github.iocp4j.net;

import static org.junit.jupiter.api.Assertions.assertDoesNotThrow;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.iocp4j.contract.KernelContract;
import io.github.iocp4j.error.WinsockException;
import io.github.iocp4j.net.TestTransport.Pair;
import io.github.iocp4j.testing.ChangedSockets;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/// No call is made on a socket that is closed: its value may be somebody else's by then.
abstract class TcpGateContract extends KernelContract {
    private static final int CALLERS = 3;

    TcpGateContract(boolean simulated) {
        super(simulated);
    }

    @Test
    void closedChannelMakesNoCall() {
        check(kernel -> {
            ChangedSockets sockets = new ChangedSockets(kernel.host());
            try (TestTransport transport = new TestTransport(kernel, sockets.host())) {
                Pair pair = transport.pair();
                TcpChannel channel = pair.channel();
                TestOperation operation = transport.operation(10);
                channel.close();
                int before = sockets.calls().size();
                assertEquals(TcpChannel.ABORTED, operation.receive(channel));
                assertEquals(TcpChannel.ABORTED, operation.receiveReady(channel));
                assertEquals(TcpChannel.ABORTED, operation.send(channel, new byte[1]));
                BufferVector vector = new BufferVector();
                vector.add(operation.memory().address(), 1);
                assertEquals(TcpChannel.ABORTED, operation.submit(channel, each -> channel.send(each, vector)));
                assertEquals(
                        TcpChannel.ABORTED,
                        operation.submit(
                                channel,
                                each -> channel.connect(each, pair.peer().localAddress())));
                assertEquals(
                        -TcpChannel.ABORTED,
                        channel.receiveNow(operation.memory().address(), 10));
                assertEquals(TcpChannel.ABORTED, channel.shutdownOutput());
                assertEquals(TcpChannel.ABORTED, channel.setNonBlocking());
                assertEquals(TcpChannel.ABORTED, channel.finishConnect());
                channel.cancel();
                channel.cancel(operation.operation());
                assertThrows(WinsockException.class, () -> channel.apply(TcpOptions.DEFAULT));
                assertThrows(WinsockException.class, () -> channel.associate(1));
                assertThrows(WinsockException.class, channel::localAddress);
                channel.close();
                channel.abort();
                assertEquals(
                        before, sockets.calls().size(), () -> sockets.calls().toString());
            }
        });
    }

    @Test
    void closeDuringACallLeavesTheSocketToTheCaller() {
        for (String call : List.of("WSASend", "WSARecv", "shutdown", "setsockopt", "CancelIoEx", "getsockname")) {
            check(kernel -> {
                ChangedSockets sockets = new ChangedSockets(kernel.host());
                try (TestTransport transport = new TestTransport(kernel, sockets.host())) {
                    TcpChannel channel = transport.pair().channel();
                    TestOperation operation = transport.operation(10);
                    int before = sockets.calls().size();
                    sockets.interrupt(call, channel::close);
                    makeCall(call, channel, operation);
                    assertTrue(channel.isClosed());
                    List<String> calls = sockets.calls();
                    assertEquals(List.of(call, "CancelIoEx", "closesocket"), calls.subList(before, calls.size()));
                    int code = operation.await();
                    assertTrue(code == 0 || code == TcpChannel.ABORTED, "code " + code);
                }
            });
        }
    }

    private static void makeCall(String call, TcpChannel channel, TestOperation operation) {
        switch (call) {
            case "WSASend" -> operation.send(channel, new byte[1]);
            case "WSARecv" -> operation.receive(channel);
            case "shutdown" -> channel.shutdownOutput();
            case "setsockopt" -> assertDoesNotThrow(() -> channel.apply(TcpOptions.DEFAULT));
            case "CancelIoEx" -> channel.cancel();
            default -> assertDoesNotThrow(channel::localAddress);
        }
    }

    /// The simulated kernel gives a closed handle out again at once, and fails the run when it gets a call.
    @Test
    void closeRacesWithTheCallsOfOthers() {
        check(kernel -> {
            try (TestTransport transport = new TestTransport(kernel)) {
                Pair pair = transport.pair();
                AtomicInteger over = new AtomicInteger();
                for (int i = 0; i < CALLERS; i++) {
                    TestOperation operation = transport.operation(10);
                    kernel.fork("caller-" + i, () -> {
                        callUntilClosed(pair.channel(), operation);
                        over.incrementAndGet();
                    });
                }
                kernel.pause(Duration.ofNanos(kernel.random().nextInt(200_000)));
                pair.channel().close();
                // These get the value of the handle, where Windows gives it out again.
                Pair next = transport.pair();
                transport.await("the callers see the close", () -> over.get() == CALLERS);
                assertFalse(next.channel().isClosed());
                expectUse(transport, next);
            }
        });
    }

    private static void callUntilClosed(TcpChannel channel, TestOperation operation) {
        int code = 0;
        while (code != TcpChannel.ABORTED) {
            int result = operation.receive(channel);
            channel.cancel(operation.operation());
            code = operation.await();
            assertTrue(code == 0 || code == TcpChannel.ABORTED, "code " + code);
            code = result == TcpChannel.PENDING || result == 0 ? channel.setNonBlocking() : result;
        }
    }

    private static void expectUse(TestTransport transport, Pair pair) throws IOException {
        TestOperation send = transport.operation(1);
        send.send(pair.channel(), new byte[] {1});
        assertEquals(1, pair.peer().readFully(1).length);
        assertEquals(0, send.await());
    }
}
