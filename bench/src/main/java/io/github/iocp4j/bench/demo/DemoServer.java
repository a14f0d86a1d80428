package io.github.iocp4j.bench.demo;

import io.github.iocp4j.EndpointHandler;
import io.github.iocp4j.EndpointOptions;
import io.github.iocp4j.IocpEndpoint;
import io.github.iocp4j.bench.cli.Failure;
import io.github.iocp4j.error.WinsockException;
import io.github.iocp4j.transfer.TransferOptions;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;

/// The server of the demo.
final class DemoServer {
    private static final int WSAEACCES = 10013;
    private static final int WSAEADDRINUSE = 10048;
    private static final int PORTS_TRIED = 100;

    private DemoServer() {}

    /// Starts on the first free port of 127.0.0.1 from `firstPort` on. Not on port 0: under Wine that is one of
    /// Linux' ephemeral ports, 32768 and above, which connecting sockets get too.
    static IocpEndpoint start(int firstPort, int connections, EndpointHandler handler) throws IOException {
        InetAddress loopback = InetAddress.getByAddress(new byte[] {127, 0, 0, 1});
        int lastPort = Math.min(firstPort + PORTS_TRIED - 1, 65535);
        for (int port = firstPort; ; port++) {
            EndpointOptions options = EndpointOptions.server(new InetSocketAddress(loopback, port))
                    .ioWorkers(2)
                    .maxConnections(connections)
                    .fileTransfer(TransferOptions.DEFAULT)
                    .build();
            try {
                return IocpEndpoint.start(options, handler);
            } catch (WinsockException e) {
                boolean taken = e.code() == WSAEADDRINUSE || e.code() == WSAEACCES;
                if (!taken || port == lastPort) {
                    throw new Failure("cannot listen on 127.0.0.1:" + port, e);
                }
            }
        }
    }
}
