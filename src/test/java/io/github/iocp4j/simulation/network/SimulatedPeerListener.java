package io.github.iocp4j.simulation.network;

import io.github.iocp4j.simulation.scheduler.Scheduler;
import io.github.iocp4j.simulation.scheduler.WaitQueue;
import io.github.iocp4j.testing.Peer;
import io.github.iocp4j.testing.PeerListener;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketException;
import java.util.ArrayDeque;
import java.util.Deque;

/// A listening peer that blocks in the scheduler.
public final class SimulatedPeerListener implements PeerListener, ListenPoint {
    private static final int BACKLOG = 200;

    private final Network network;
    private final Scheduler scheduler;
    private final InetSocketAddress address;
    private final Deque<StreamEnd> backlog = new ArrayDeque<>();
    private final WaitQueue arrived;
    private boolean closed;

    public SimulatedPeerListener(Network network) {
        this.network = network;
        scheduler = network.scheduler();
        address = new InetSocketAddress(InetAddress.ofLiteral("127.0.0.1"), network.ephemeralPort());
        if (network.bind(address, false) == null) {
            throw new AssertionError(address + " is in use");
        }
        network.listen(address, this);
        arrived = new WaitQueue(scheduler, "a connection to the peer on " + address);
    }

    @Override
    public InetSocketAddress address() {
        return address;
    }

    @Override
    public Peer accept() throws SocketException {
        scheduler.switchPoint();
        while (!closed) {
            if (!backlog.isEmpty()) {
                return new SimulatedPeer(scheduler, backlog.remove());
            }
            boolean _ = arrived.await(Scheduler.NEVER);
        }
        throw new SocketException("Socket closed");
    }

    @Override
    public boolean offer(StreamEnd end) {
        if (backlog.size() == BACKLOG) {
            return false;
        }
        backlog.add(end);
        arrived.wakeOne();
        return true;
    }

    @Override
    public void close() {
        scheduler.switchPoint();
        if (!closed) {
            closed = true;
            network.unbind(address);
            backlog.forEach(StreamEnd::abort);
            backlog.clear();
            arrived.wakeAll();
        }
    }
}
