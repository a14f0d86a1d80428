package io.github.iocp4j.simulation;

import io.github.iocp4j.simulation.SimulatedMemory.Region;
import io.github.iocp4j.simulation.scheduler.Scheduler;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/// All operations whose memory the kernel owns. Here are the rules of ownership.
final class OperationsInFlight {
    private final Scheduler scheduler;
    private final SimulatedMemory memory;
    private final TreeMap<Long, Operation> byAddress = new TreeMap<>();
    private long begun;

    OperationsInFlight(Scheduler scheduler, SimulatedMemory memory) {
        this.scheduler = scheduler;
        this.memory = memory;
    }

    /// Begins an operation that nothing can refuse any more.
    ///
    /// @param beyondTheCall whether a packet will come, so that the kernel owns the memory after the call has
    ///                      returned
    Operation begin(
            Operation.Kind kind, SimulatedSocket socket, long overlapped, List<Region> regions, boolean beyondTheCall) {
        Region slot = memory.region(overlapped, Operation.OVERLAPPED_BYTES, "OVERLAPPED of a " + kind);
        Operation operation = new Operation(kind, ++begun, socket, slot, regions);
        if (overlapped % Long.BYTES != 0) {
            throw scheduler.fail("the OVERLAPPED of " + operation + " is not aligned");
        }
        checkOverlapped(operation, overlapped);
        if (operation.hasEvent()) {
            throw scheduler.fail("hEvent is set in the OVERLAPPED of " + operation);
        }
        regions.forEach(each -> checkData(operation, each));
        operation.own(beyondTheCall);
        byAddress.put(overlapped, operation);
        slot.allocation().owners().add(operation);
        for (Region region : regions) {
            region.allocation().owners().add(operation);
            region.allocation().dataOwners().add(operation);
        }
        return operation;
    }

    /// Ends an operation inside the kernel: status, count and data are in memory when this returns, and still the
    /// kernel's.
    ///
    /// @param written what the kernel writes to the data
    void complete(Operation operation, int status, int bytes, byte @Nullable [] written) {
        check(operation);
        if (written != null) {
            operation.write(written);
        }
        operation.stamp(status, bytes);
        scheduler.record("completes " + operation.kind, operation.socket.handle, status, bytes);
    }

    /// Gives the memory back to the process.
    void release(Operation operation) {
        check(operation);
        forget(operation);
    }

    /// Gives the memory back without a look: the call has not returned yet, so nobody may have touched it.
    void forget(Operation operation) {
        byAddress.remove(operation.address());
        operation.overlapped.allocation().owners().remove(operation);
        for (Region region : operation.regions) {
            region.allocation().owners().remove(operation);
            region.allocation().dataOwners().remove(operation);
        }
    }

    /// The operation whose OVERLAPPED is at an address.
    @Nullable
    Operation at(long overlapped) {
        return byAddress.get(overlapped);
    }

    List<String> leftovers() {
        return byAddress.values().stream()
                .map(each -> "in flight: " + each)
                .sorted()
                .toList();
    }

    /// Looks for one that reports to a port.
    ///
    /// @return one that reports to `port`, or `null`
    @Nullable
    Operation reportingTo(SimulatedPort port) {
        for (Operation operation : byAddress.values()) {
            if (operation.socket.port == port) {
                return operation;
            }
        }
        return null;
    }

    /// Fails when the process reads memory that the kernel may be writing to.
    void checkRead(Region region, String purpose) {
        for (Operation other : region.allocation().dataOwners()) {
            if (other.kind == Operation.Kind.SEND) {
                continue;
            }
            for (Region otherRegion : other.regions) {
                if (otherRegion.overlaps(region)) {
                    throw scheduler.fail(purpose + " reads the data of " + other);
                }
            }
        }
    }

    /// Fails when the process writes to memory that the kernel owns.
    void checkWrite(Region region, String purpose) {
        for (Operation other : region.allocation().owners()) {
            if (other.overlapped.overlaps(region)) {
                throw scheduler.fail(purpose + " writes to the OVERLAPPED of " + other);
            }
            for (Region otherRegion : other.regions) {
                if (otherRegion.overlaps(region)) {
                    throw scheduler.fail(purpose + " writes to the data of " + other);
                }
            }
        }
    }

    private void check(Operation operation) {
        String damage = operation.damage();
        if (damage != null) {
            throw scheduler.fail(operation + ": " + damage + " while the kernel owned it");
        }
    }

    private void checkOverlapped(Operation operation, long overlapped) {
        Map.Entry<Long, Operation> below = byAddress.lowerEntry(overlapped + Operation.OVERLAPPED_BYTES);
        if (below != null && below.getKey() + Operation.OVERLAPPED_BYTES > overlapped) {
            throw scheduler.fail("the OVERLAPPED of " + operation + " is in flight with " + below.getValue());
        }
        for (Operation other : operation.overlapped.allocation().dataOwners()) {
            for (Region region : other.regions) {
                if (region.overlaps(operation.overlapped)) {
                    throw scheduler.fail("the OVERLAPPED of " + operation + " lies in the data of " + other);
                }
            }
        }
    }

    private void checkData(Operation operation, Region region) {
        for (Operation other : region.allocation().owners()) {
            if (other.overlapped.overlaps(region)) {
                throw scheduler.fail("the data of " + operation + " covers the OVERLAPPED of " + other);
            }
        }
        for (Operation other : region.allocation().dataOwners()) {
            boolean bothRead = operation.kind == Operation.Kind.SEND && other.kind == Operation.Kind.SEND;
            for (Region otherRegion : other.regions) {
                if (!bothRead && otherRegion.overlaps(region)) {
                    throw scheduler.fail("the data of " + operation + " overlaps that of " + other);
                }
            }
        }
    }
}
