package io.github.iocp4j.bench.demo;

import io.github.iocp4j.CloseReason;
import io.github.iocp4j.Connection;
import io.github.iocp4j.EndpointHandler;
import io.github.iocp4j.Frame;
import io.github.iocp4j.IocpEndpoint;
import io.github.iocp4j.SendResult;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.net.InetSocketAddress;
import java.util.Objects;
import java.util.concurrent.CountDownLatch;
import org.jspecify.annotations.Nullable;

/// Clients on one endpoint: the handler of all of them. A client is the attachment of its connection.
final class EndpointClients implements EndpointHandler {
    private final InetSocketAddress server;
    private final Totals totals;
    private final CountDownLatch finished;
    private volatile @Nullable IocpEndpoint endpoint;

    /// @param finished is counted down at the end of each client
    EndpointClients(InetSocketAddress server, Totals totals, CountDownLatch finished) {
        this.server = server;
        this.totals = totals;
        this.finished = finished;
    }

    /// @param client has this as its handler
    void on(IocpEndpoint client) {
        endpoint = client;
    }

    /// Begins with a client.
    void begin(Script script) {
        connect(new Client(script));
    }

    @Override
    public void connected(Connection connection) {
        Client client = client(connection);
        totals.connected(client.again);
        client.connected(connection);
    }

    @Override
    public void connectFailed(InetSocketAddress address, @Nullable Object attachment, IOException cause) {
        totals.broke("an endpoint client: " + cause.getMessage());
        goOn((Client) Objects.requireNonNull(attachment));
    }

    @Override
    public void frameReceived(Connection connection, Frame frame) {
        client(connection).received(connection, frame);
    }

    @Override
    public void disconnected(Connection connection, CloseReason reason) {
        Client client = client(connection);
        totals.disconnected();
        if (!client.leaving) {
            totals.broke("an endpoint client: " + reason);
        }
        goOn(client);
    }

    private void connect(Client client) {
        if (!Objects.requireNonNull(endpoint).connect(server, client)) {
            totals.broke("an endpoint client: the endpoint had no room for a connection");
            goOn(client);
        }
    }

    /// Connects anew after a while, unless the demo is over.
    private void goOn(Client client) {
        Thread.startVirtualThread(() -> {
            try {
                Thread.sleep(client.script.awayMillis());
            } catch (InterruptedException _) {
                Thread.currentThread().interrupt();
            }
            if (totals.isRunning()) {
                connect(client);
            } else {
                finished.countDown();
            }
        });
    }

    private static Client client(Connection connection) {
        return (Client) Objects.requireNonNull(connection.attachment());
    }

    /// The state of one client. Callbacks of a connection are never concurrent, and its connections follow each
    /// other: plain fields do.
    private final class Client {
        final Script script;
        private final byte[] in = new byte[Script.MOST_BYTES];
        boolean again;
        boolean leaving;

        Client(Script script) {
            this.script = script;
        }

        void connected(Connection connection) {
            again = true;
            leaving = false;
            script.connected();
            sendBurst(connection);
        }

        void received(Connection connection, Frame frame) {
            if (leaving) {
                return;
            }
            int length = frame.length();
            boolean fits = length <= in.length;
            if (fits) {
                frame.copyTo(0, in, 0, length);
            }
            if (fits && script.isNextEcho(in, length)) {
                totals.echoed(length);
            } else {
                totals.mismatched();
            }
            if (script.outstanding() == 0) {
                next(connection);
            }
        }

        private void next(Connection connection) {
            boolean running = totals.isRunning();
            if (running && !script.isTimeToLeave()) {
                sendBurst(connection);
                return;
            }
            boolean byReset = running && script.leavesByReset();
            if (running) {
                totals.leaves(byReset);
            }
            if (byReset) {
                // With what was just sent on its way: operations of both sides are cut in the middle.
                sendBurst(connection);
                leaving = true;
                connection.abort();
            } else {
                leaving = true;
                connection.close();
            }
        }

        private void sendBurst(Connection connection) {
            script.beginBurst();
            for (int length = script.nextFrame(); length >= 0; length = script.nextFrame()) {
                MemorySegment payload = MemorySegment.ofArray(script.payload()).asSlice(0, length);
                if (connection.send(payload) == SendResult.REFUSED_FULL) {
                    totals.broke("an endpoint client: a burst found no room in the send queue");
                    leaving = true;
                    connection.abort();
                    return;
                }
            }
        }
    }
}
