package io.github.iocp4j.simulation.network;

import io.github.iocp4j.simulation.scheduler.Scheduler;
import io.github.iocp4j.simulation.scheduler.WaitQueue;
import io.github.iocp4j.testing.Peer;
import java.io.IOException;
import java.net.ConnectException;
import java.net.Inet4Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketException;

/// A peer that blocks in the scheduler.
public final class SimulatedPeer implements Peer {
    private static final InetAddress LOOPBACK = InetAddress.ofLiteral("127.0.0.1");
    private static final InetAddress LOOPBACK_6 = InetAddress.ofLiteral("::1");

    private final Scheduler scheduler;
    private final StreamEnd end;
    private final WaitQueue changed;

    SimulatedPeer(Scheduler scheduler, StreamEnd end) {
        this.scheduler = scheduler;
        this.end = end;
        changed = new WaitQueue(scheduler, "its peer " + end.remote());
        end.onChange(changed::wakeAll);
    }

    /// Connects a peer.
    ///
    /// @throws ConnectException when nobody listens there
    public static SimulatedPeer connect(Network network, InetSocketAddress address) throws ConnectException {
        InetAddress target = target(address);
        return connect(network, target instanceof Inet4Address ? LOOPBACK : target, address);
    }

    /// Connects a peer that has an address of its own choice.
    ///
    /// @throws ConnectException when nobody listens there
    public static SimulatedPeer connect(Network network, InetAddress near, InetSocketAddress address)
            throws ConnectException {
        Scheduler scheduler = network.scheduler();
        scheduler.switchPoint();
        InetAddress target = target(address);
        StreamEnd end = network.connect(
                new InetSocketAddress(near, network.ephemeralPort()), new InetSocketAddress(target, address.getPort()));
        scheduler.record("peer connects", address.getPort(), 0, end == null ? -1 : 0);
        scheduler.switchPoint();
        if (end == null) {
            throw new ConnectException("Connection refused");
        }
        return new SimulatedPeer(scheduler, end);
    }

    private static InetAddress target(InetSocketAddress address) {
        InetAddress target = address.getAddress();
        if (target.isAnyLocalAddress()) {
            return target instanceof Inet4Address ? LOOPBACK : LOOPBACK_6;
        }
        return target;
    }

    @Override
    public InetSocketAddress localAddress() {
        return end.local();
    }

    @Override
    public InetSocketAddress remoteAddress() {
        return end.remote();
    }

    @Override
    public void write(byte[] bytes, int offset, int length) throws IOException {
        int done = 0;
        while (done < length) {
            scheduler.switchPoint();
            checkUsable();
            if (end.outputEnded()) {
                throw new SocketException("Socket output is shutdown");
            }
            int count = end.write(bytes, offset + done, length - done);
            done += count;
            if (count == 0) {
                boolean _ = changed.await(Scheduler.NEVER);
            }
        }
        scheduler.record("peer wrote", end.local().getPort(), 0, length);
    }

    @Override
    public int read(byte[] bytes, int offset, int length) throws IOException {
        while (true) {
            scheduler.switchPoint();
            checkUsable();
            if (end.readable() > 0) {
                int count = end.read(bytes, offset, length);
                scheduler.record("peer read", end.local().getPort(), length, count);
                return count;
            }
            if (end.inputEnded()) {
                scheduler.record("peer read", end.local().getPort(), length, -1);
                return -1;
            }
            boolean _ = changed.await(Scheduler.NEVER);
        }
    }

    @Override
    public void shutdownOutput() throws IOException {
        scheduler.switchPoint();
        checkUsable();
        end.shutdownOutput();
    }

    @Override
    public void reset() {
        scheduler.switchPoint();
        scheduler.record("peer resets", end.local().getPort(), 0, 0);
        end.abort();
        changed.wakeAll();
    }

    @Override
    public void close() {
        scheduler.switchPoint();
        scheduler.record("peer closes", end.local().getPort(), 0, 0);
        end.close();
        changed.wakeAll();
    }

    private void checkUsable() throws SocketException {
        if (end.isClosed()) {
            throw new SocketException("Socket closed");
        }
        if (end.isReset()) {
            throw new SocketException("Connection reset");
        }
    }
}
