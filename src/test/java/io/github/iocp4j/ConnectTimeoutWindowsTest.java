package io.github.iocp4j;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.channels.SocketChannel;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/// Connects to a listener whose backlog is full. Windows documents a refusal, which ConnectEx takes for one after
/// about 2 s of trying; under Wine no answer comes at all, as on a network. The limit is shorter than either.
class ConnectTimeoutWindowsTest extends EndpointContract {
    private static final int WSAETIMEDOUT = 10060;
    private static final int BACKLOG = 1;
    private static final int MORE_THAN_FIT = 8;

    ConnectTimeoutWindowsTest() {
        super(Kernels.WINDOWS);
    }

    @Test
    void peerThatDoesNotAnswerIsGivenUpInTime() {
        check(stand -> {
            Duration limit = Duration.ofMillis(300);
            Connects handler = new Connects();
            TestEndpoint client = stand.client(handler, options -> options.connectTimeout(limit));
            List<SocketChannel> filling = new ArrayList<>();
            try (ServerSocket full = new ServerSocket(0, BACKLOG, InetAddress.ofLiteral("127.0.0.1"))) {
                InetSocketAddress address = (InetSocketAddress) full.getLocalSocketAddress();
                for (int i = 0; i < MORE_THAN_FIT; i++) {
                    SocketChannel each = SocketChannel.open();
                    filling.add(each);
                    each.configureBlocking(false);
                    boolean _ = each.connect(address);
                }
                stand.kernel().pause(Duration.ofMillis(50));
                Duration took = stand.time(() -> {
                    assertTrue(client.endpoint().connect(address, null));
                    stand.await("the end of the time", () -> handler.failed() == 1);
                });
                assertTrue(took.compareTo(limit) >= 0, took::toString);
                stand.expectWithin(limit, took);
            } finally {
                closeAll(filling);
            }
            handler.expect(1, WSAETIMEDOUT);
            stand.await("room", () -> client.endpoint().counters().unreleased() == 0);
            assertEquals(0, client.order().connections().size());
        });
    }

    private static void closeAll(List<SocketChannel> channels) throws IOException {
        for (SocketChannel each : channels) {
            each.close();
        }
    }
}
