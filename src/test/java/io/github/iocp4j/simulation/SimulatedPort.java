package io.github.iocp4j.simulation;

import io.github.iocp4j.simulation.scheduler.Scheduler;
import io.github.iocp4j.simulation.scheduler.WaitQueue;
import java.util.ArrayDeque;
import java.util.Deque;
import org.jspecify.annotations.Nullable;

/// A completion port: packets in the order of their arrival. Windows wakes the waiter that came last; here the
/// seed chooses.
final class SimulatedPort {
    final long handle;
    final Deque<Packet> packets = new ArrayDeque<>();
    final WaitQueue waiters;
    boolean closed;

    SimulatedPort(Scheduler scheduler, long handle) {
        this.handle = handle;
        waiters = new WaitQueue(scheduler, "a packet of port " + handle);
    }

    void queue(Packet packet) {
        packets.add(packet);
        waiters.wakeOne();
    }

    @Override
    public String toString() {
        return "port " + handle;
    }

    /// One completion packet.
    ///
    /// @param operation what it reports, or `null` for a posted packet
    record Packet(
            long key, long overlapped, int bytes, @Nullable Operation operation) {}
}
