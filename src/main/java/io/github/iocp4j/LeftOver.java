package io.github.iocp4j;

import io.github.iocp4j.internal.concurrent.IndexedPool;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/// What a closed endpoint has not got back, by name. Its memory is kept.
final class LeftOver {
    private static final int MOST_NAMES = 5;
    private static final double NANOS_PER_SECOND = 1e9;

    private final int connections;
    private final int operations;
    private final int buffers;
    private final int jobs;
    private final boolean home;
    private final long tookNanos;
    private final List<String> names = new ArrayList<>();

    /// @param home whether the port is closed, with all workers ended and no operation in flight
    LeftOver(EndpointCore endpoint, IndexedPool<ConnectionContext> contexts, boolean home, long tookNanos) {
        this.home = home;
        this.tookNanos = tookNanos;
        connections = contexts.taken();
        operations = endpoint.port().operationsInFlight();
        buffers = endpoint.resources().buffersOut();
        jobs = endpoint.jobs().counters().running();
        for (int i = 0; i < contexts.numbered() && names.size() < MOST_NAMES; i++) {
            ConnectionContext context = contexts.get(i);
            if (context != null) {
                name(context);
            }
        }
    }

    boolean isNothing() {
        return home && connections == 0 && operations == 0 && buffers == 0 && jobs == 0;
    }

    @Override
    public String toString() {
        List<String> parts = new ArrayList<>();
        if (connections > 0) {
            parts.add("connections that are not released: " + connections + " " + names);
        }
        if (operations > 0) {
            parts.add("operations that Windows has not given back: " + operations);
        }
        if (buffers > 0) {
            parts.add("buffers that are out, those included that the program retains: " + buffers);
        }
        if (jobs > 0) {
            parts.add("jobs that still run: " + jobs);
        }
        if (!home) {
            parts.add("the port; is an I/O worker still in a callback?");
        }
        return String.format(
                Locale.ROOT,
                "left over by the close of an endpoint after %.1f s, and kept in memory: %s",
                tookNanos / NANOS_PER_SECOND,
                String.join("; ", parts));
    }

    private void name(ConnectionContext context) {
        Connection connection = context.connection();
        Connector connector = context.wakeUp().connector();
        if (connection != null) {
            names.add(connection.localAddress() + " to " + connection.remoteAddress());
        } else if (connector != null) {
            names.add("connect to " + connector.remote());
        }
    }
}
