package io.github.iocp4j.net;

import static org.junit.jupiter.api.Assertions.assertDoesNotThrow;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.iocp4j.contract.KernelContract;
import io.github.iocp4j.error.WinsockException;
import io.github.iocp4j.internal.win32.Call;
import io.github.iocp4j.internal.win32.Win32;
import io.github.iocp4j.net.TestTransport.Pair;
import io.github.iocp4j.testing.ChangedSockets;
import io.github.iocp4j.testing.PeerListener;
import io.github.iocp4j.testing.TestKernel;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.text.MessageFormat;
import java.util.List;
import java.util.ResourceBundle;
import java.util.concurrent.CopyOnWriteArrayList;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

abstract class TcpOptionsContract extends KernelContract {
    private static final int IDLE_SECONDS = 33;
    private static final int INTERVAL_SECONDS = 7;
    private static final int PROBES = 5;
    private static final int SEND_BYTES = 20_000;
    private static final int RECEIVE_BYTES = 30_000;
    private static final TcpOptions ALL = TcpOptions.DEFAULT
            .withKeepAlive(IDLE_SECONDS, INTERVAL_SECONDS, PROBES)
            .withSendBufferBytes(SEND_BYTES)
            .withReceiveBufferBytes(RECEIVE_BYTES);
    private static final int[] OPTIONS = {
        Win32.TCP_NODELAY,
        Win32.SO_KEEPALIVE,
        Win32.TCP_KEEPIDLE,
        Win32.TCP_KEEPINTVL,
        Win32.SIO_KEEPALIVE_VALS,
        Win32.TCP_KEEPCNT,
        Win32.SO_SNDBUF,
        Win32.SO_RCVBUF
    };
    private static final List<String> TOLD =
            List.of("TCP_NODELAY", "SO_KEEPALIVE", "SIO_KEEPALIVE_VALS", "TCP_KEEPCNT", "SO_SNDBUF", "SO_RCVBUF");
    private static final int[] LACKS = {
        Win32.WSAENOPROTOOPT, Win32.WSAEOPNOTSUPP, Win32.WSAEINVAL, Win32.WSAEAFNOSUPPORT
    };

    TcpOptionsContract(boolean simulated) {
        super(simulated);
    }

    @Test
    void acceptedChannelHasItsOptions() {
        check(kernel -> {
            try (TestTransport transport = new TestTransport(kernel)) {
                TcpChannel channel = transport.pair().channel();
                channel.apply(ALL);
                assertAll(kernel, channel);
            }
        });
    }

    @Test
    void connectedChannelHasItsOptions() {
        check(kernel -> {
            try (TestTransport transport = new TestTransport(kernel);
                    PeerListener listener = kernel.listen()) {
                TcpChannel channel = transport.connect(listener);
                channel.apply(ALL);
                assertAll(kernel, channel);
                listener.accept().close();
            }
        });
    }

    @Test
    void whatIsTheSystemsDefaultIsNotTouched() {
        check(kernel -> {
            ChangedSockets sockets = new ChangedSockets(kernel.host());
            try (TestTransport transport = new TestTransport(kernel, sockets.host())) {
                TcpChannel channel = transport.pair().channel();
                int before = sockets.options().size();
                channel.apply(TcpOptions.DEFAULT);
                assertEquals(
                        List.of(Win32.TCP_NODELAY),
                        sockets.options().subList(before, sockets.options().size()));
                channel.apply(TcpOptions.DEFAULT.withNoDelay(false));
                assertEquals(before + 1, sockets.options().size());
            }
        });
    }

    @Test
    void optionThatTheSystemLacksIsSkippedAndToldOnce() {
        check(kernel -> {
            ChangedSockets sockets = new ChangedSockets(kernel.host());
            for (int lack : LACKS) {
                for (int option : OPTIONS) {
                    sockets.refuse(option, lack);
                }
                Warnings warnings = new Warnings();
                SocketOptions options = new SocketOptions(sockets.host(), warnings);
                try (TestTransport transport = new TestTransport(kernel)) {
                    Pair pair = transport.pair();
                    options.apply(pair.channel().socket(), ALL);
                    options.apply(pair.channel().socket(), ALL);
                    for (String name : TOLD) {
                        assertEquals(1, warnings.about(name), name);
                    }
                    assertEquals(TOLD.size(), warnings.all.size(), warnings.all::toString);
                    TestOperation send = transport.operation(10);
                    send.send(pair.channel(), new byte[10]);
                    assertEquals(10, pair.peer().readFully(10).length);
                    assertEquals(0, send.await());
                }
            }
        });
    }

    @Test
    void keepAliveTimesAreSetTheOldWayWhereTheNewOneIsMissing() {
        check(kernel -> {
            for (int missing : new int[] {Win32.TCP_KEEPIDLE, Win32.TCP_KEEPINTVL}) {
                ChangedSockets sockets = new ChangedSockets(kernel.host());
                sockets.refuse(missing, Win32.WSAENOPROTOOPT);
                try (TestTransport transport = new TestTransport(kernel, sockets.host())) {
                    TcpChannel channel = transport.pair().channel();
                    channel.apply(ALL);
                    assertTrue(sockets.options().contains(Win32.SIO_KEEPALIVE_VALS));
                    assertEquals(1, option(kernel, channel, Win32.SOL_SOCKET, Win32.SO_KEEPALIVE));
                    assertTimes(kernel, channel);
                }
            }
        });
    }

    @Test
    void anyOtherRefusalIsAnError() {
        check(kernel -> {
            ChangedSockets sockets = new ChangedSockets(kernel.host());
            try (TestTransport transport = new TestTransport(kernel, sockets.host())) {
                TcpChannel channel = transport.pair().channel();
                sockets.refuse(Win32.SO_RCVBUF, Win32.WSAENOBUFS);
                WinsockException refused = assertThrows(WinsockException.class, () -> channel.apply(ALL));
                assertEquals(Win32.WSAENOBUFS, refused.code());
                assertEquals("setsockopt(SO_RCVBUF)", refused.call());
            }
        });
    }

    @Test
    void connectionThatWasCutMeanwhileIsNoError() {
        check(kernel -> {
            try (TestTransport transport = new TestTransport(kernel)) {
                Pair pair = transport.pair();
                TestOperation receive = transport.operation(10);
                receive.receive(pair.channel());
                pair.peer().reset();
                assertEquals(TcpChannel.RESET, receive.await());
                pair.channel().apply(ALL);
            }
        });
        check(kernel -> {
            ChangedSockets sockets = new ChangedSockets(kernel.host());
            try (TestTransport transport = new TestTransport(kernel, sockets.host())) {
                TcpChannel channel = transport.pair().channel();
                sockets.refuse(Win32.SO_KEEPALIVE, Win32.WSAENOTCONN);
                sockets.refuse(Win32.TCP_KEEPIDLE, Win32.WSAENETRESET);
                assertDoesNotThrow(() -> channel.apply(ALL));
            }
        });
    }

    @Test
    void closedChannelTakesNoOptions() {
        check(kernel -> {
            try (TestTransport transport = new TestTransport(kernel)) {
                TcpChannel channel = transport.pair().channel();
                channel.close();
                WinsockException closed = assertThrows(WinsockException.class, () -> channel.apply(ALL));
                assertEquals(TcpChannel.ABORTED, closed.code());
            }
        });
    }

    private static void assertAll(TestKernel kernel, TcpChannel channel) {
        assertEquals(1, option(kernel, channel, Win32.IPPROTO_TCP, Win32.TCP_NODELAY));
        assertEquals(1, option(kernel, channel, Win32.SOL_SOCKET, Win32.SO_KEEPALIVE));
        assertTrue(option(kernel, channel, Win32.SOL_SOCKET, Win32.SO_SNDBUF) >= SEND_BYTES);
        assertTrue(option(kernel, channel, Win32.SOL_SOCKET, Win32.SO_RCVBUF) >= RECEIVE_BYTES);
        assertTimes(kernel, channel);
        assertEquals(PROBES, option(kernel, channel, Win32.IPPROTO_TCP, Win32.TCP_KEEPCNT));
    }

    private static void assertTimes(TestKernel kernel, TcpChannel channel) {
        assertEquals(IDLE_SECONDS, option(kernel, channel, Win32.IPPROTO_TCP, Win32.TCP_KEEPIDLE));
        assertEquals(INTERVAL_SECONDS, option(kernel, channel, Win32.IPPROTO_TCP, Win32.TCP_KEEPINTVL));
    }

    private static int option(TestKernel kernel, TcpChannel channel, int level, int option) {
        Call call = kernel.host().calls().acquire();
        try {
            MemorySegment value = call.address();
            value.set(ValueLayout.JAVA_INT, 0, 0);
            int length = kernel.host()
                    .winsock()
                    .getsockopt(call, channel.socket(), level, option, value.address(), Integer.BYTES);
            return length < 0 ? length : value.get(ValueLayout.JAVA_INT, 0);
        } finally {
            kernel.host().calls().release(call);
        }
    }

    /// Notes what is logged.
    private static final class Warnings implements System.Logger {
        private final List<String> all = new CopyOnWriteArrayList<>();

        @Override
        public String getName() {
            return "warnings";
        }

        @Override
        public boolean isLoggable(Level level) {
            return true;
        }

        @Override
        public void log(Level level, @Nullable ResourceBundle bundle, String message, @Nullable Throwable thrown) {
            all.add(message);
        }

        @Override
        public void log(Level level, @Nullable ResourceBundle bundle, String format, @Nullable Object... values) {
            all.add(MessageFormat.format(format, values));
        }

        private long about(String option) {
            return all.stream().filter(each -> each.contains(option + ",")).count();
        }
    }
}
