package io.github.iocp4j;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.iocp4j.error.WindowsException;
import io.github.iocp4j.testing.PeerListener;
import java.time.Duration;
import org.junit.jupiter.api.Test;

/// Connects for which Windows has no memory at first, wherever it says so.
abstract class ConnectRetryContract extends EndpointContract {
    private static final int ERROR_NO_SYSTEM_RESOURCES = 1450;
    private static final int WSAEWOULDBLOCK = 10035;
    private static final int WSAEMFILE = 10024;
    private static final int WSAENOBUFS = 10055;
    private static final int WSAETIMEDOUT = 10060;

    ConnectRetryContract(Kernels kernels) {
        super(kernels);
    }

    @Test
    void refusedSocketIsTriedAgain() {
        refusedIsTriedAgain("WSASocketW", WSAENOBUFS);
    }

    @Test
    void refusedAssociationIsTriedAgain() {
        refusedIsTriedAgain("CreateIoCompletionPort", ERROR_NO_SYSTEM_RESOURCES);
    }

    @Test
    void refusedBindIsTriedAgain() {
        refusedIsTriedAgain("bind", WSAENOBUFS);
    }

    @Test
    void refusedConnectIsTriedAgain() {
        refusedIsTriedAgain("ConnectEx", WSAENOBUFS);
    }

    @Test
    void connectRefusedForTooManyOutstandingIsTriedAgain() {
        refusedIsTriedAgain("ConnectEx", WSAEWOULDBLOCK);
    }

    @Test
    void refusalsForOtherReasonsAreFailures() {
        check(stand -> {
            FaultyHost host = new FaultyHost(stand.kernel().host());
            Connects handler = new Connects();
            TestEndpoint client = stand.startOn(host, EndpointOptions.client(), handler, options -> options);
            try (PeerListener listener = stand.kernel().listen()) {
                host.refuse("WSASocketW", WSAEMFILE, 1);
                assertTrue(client.endpoint().connect(listener.address(), null));
                stand.await("the failure", () -> handler.failed() == 1);
                WindowsException cause = (WindowsException) handler.failures().getFirst();
                assertEquals(WSAEMFILE, cause.code());
                assertEquals(0, client.endpoint().counters().shortage().connects());
            }
            client.endpoint().close();
            client.verifyOver();
        });
    }

    @Test
    void refusalsUntilTheTimeIsOverEndInATimeout() {
        checkLong(stand -> {
            FaultyHost host = new FaultyHost(stand.kernel().host());
            Connects handler = new Connects();
            Duration limit = Duration.ofMillis(400);
            TestEndpoint client =
                    stand.startOn(host, EndpointOptions.client(), handler, options -> options.connectTimeout(limit));
            try (PeerListener listener = stand.kernel().listen()) {
                host.refuse("WSASocketW", WSAENOBUFS, Integer.MAX_VALUE);
                Duration took = stand.time(() -> {
                    assertTrue(client.endpoint().connect(listener.address(), null));
                    stand.await("the end of the time", () -> handler.failed() == 1);
                });
                stand.expectWithin(limit, took);
                assertTrue(took.compareTo(limit) >= 0, took::toString);
            }
            handler.expect(1, WSAETIMEDOUT);
            client.endpoint().close();
            client.verifyOver();
        });
    }

    /// The packet that begins the connect waits to be posted, longer each time.
    @Test
    void closeEndsTheWaitForAPacketAtOnce() {
        checkLong(stand -> {
            FaultyHost host = new FaultyHost(stand.kernel().host());
            Connects handler = new Connects();
            TestEndpoint client = stand.startOn(host, EndpointOptions.client(), handler, options -> options);
            try (PeerListener listener = stand.kernel().listen()) {
                int refusals = 1000;
                host.refuse("PostQueuedCompletionStatus", ERROR_NO_SYSTEM_RESOURCES, refusals);
                assertTrue(client.endpoint().connect(listener.address(), null));
                // 10 + 20 + 40 + 80 + 160 + 320 + 640 ms, and now it waits for 1 s.
                stand.await("refused posts", () -> host.refusalsLeft("PostQueuedCompletionStatus") <= refusals - 8);
                host.refuse("PostQueuedCompletionStatus", ERROR_NO_SYSTEM_RESOURCES, 0);
                Duration took = stand.time(() -> client.endpoint().close(Duration.ofSeconds(20)));
                assertTrue(took.compareTo(Duration.ofMillis(700)) < 0, took::toString);
            }
            assertEquals(1, handler.failed());
            client.verifyOver();
        });
    }

    private void refusedIsTriedAgain(String function, int code) {
        check(stand -> {
            FaultyHost host = new FaultyHost(stand.kernel().host());
            Connects handler = new Connects();
            TestEndpoint client =
                    stand.startOn(host, EndpointOptions.client().maxConnections(2), handler, options -> options);
            try (PeerListener listener = stand.kernel().listen()) {
                host.refuse(function, code, 3);
                Duration took = stand.time(() -> {
                    assertTrue(client.endpoint().connect(listener.address(), null));
                    Connects.expectEcho(listener);
                });
                assertTrue(took.compareTo(Duration.ofMillis(10 + 20 + 40)) >= 0, took::toString);
                assertEquals(3, client.endpoint().counters().shortage().connects());
                // What one connect has waited counts for no other.
                host.refuse(function, code, 1);
                assertTrue(client.endpoint().connect(listener.address(), null));
                Connects.expectEcho(listener);
                assertEquals(4, client.endpoint().counters().shortage().connects());
            }
            client.awaitReleased(2);
            assertEquals(0, handler.failed());
            client.endpoint().close();
            client.verifyOver();
        });
    }
}
