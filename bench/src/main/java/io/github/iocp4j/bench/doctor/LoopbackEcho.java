package io.github.iocp4j.bench.doctor;

import io.github.iocp4j.CloseReason;
import io.github.iocp4j.Connection;
import io.github.iocp4j.EndpointHandler;
import io.github.iocp4j.EndpointOptions;
import io.github.iocp4j.Frame;
import io.github.iocp4j.IocpEndpoint;
import io.github.iocp4j.bench.traffic.TextFrames;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/// One frame from an endpoint to itself and back: AcceptEx, ConnectEx, WSARecv and WSASend all take part.
final class LoopbackEcho implements EndpointHandler {
    private static final int LIMIT_SECONDS = 10;

    private final CompletableFuture<Long> echoed = new CompletableFuture<>();

    private LoopbackEcho() {}

    /// Runs it.
    ///
    /// @return the time from the connect to the echo
    static double millis(InetAddress loopback) throws IOException {
        LoopbackEcho echo = new LoopbackEcho();
        EndpointOptions options = EndpointOptions.server(new InetSocketAddress(loopback, 0))
                .maxConnections(2)
                .ioWorkers(1)
                .build();
        long begun = System.nanoTime();
        try (IocpEndpoint endpoint = IocpEndpoint.start(options, echo)) {
            begun = System.nanoTime();
            endpoint.connect(endpoint.localAddress(), echo);
            return (echo.echoed.get(LIMIT_SECONDS, TimeUnit.SECONDS) - begun) / 1e6;
        } catch (ExecutionException e) {
            throw e.getCause() instanceof IOException cause ? cause : new IOException(e.getCause());
        } catch (TimeoutException _) {
            throw new IOException("no echo within " + LIMIT_SECONDS + " s");
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted", e);
        }
    }

    @Override
    public void connected(Connection connection) {
        if (isClient(connection)) {
            connection.send(TextFrames.encode("doctor"));
        }
    }

    @Override
    public void frameReceived(Connection connection, Frame frame) {
        if (isClient(connection)) {
            echoed.complete(System.nanoTime());
            connection.close();
        } else {
            connection.send(frame);
        }
    }

    @Override
    public void disconnected(Connection connection, CloseReason reason) {
        Throwable cause = reason.cause();
        echoed.completeExceptionally(cause != null ? cause : new IOException("the connection ended: " + reason.kind()));
    }

    @Override
    public void connectFailed(InetSocketAddress address, @Nullable Object attachment, IOException cause) {
        echoed.completeExceptionally(cause);
    }

    private static boolean isClient(Connection connection) {
        return connection.attachment() != null;
    }
}
