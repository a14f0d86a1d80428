package io.github.iocp4j.simulation;

import io.github.iocp4j.internal.win32.Call;
import io.github.iocp4j.simulation.network.Network;
import io.github.iocp4j.simulation.scheduler.Scheduler;
import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/// What all calls into the kernel share: its objects, and how a call begins and ends.
final class SimulatedKernel {
    private static final int CLIENT_EDITION_TRANSMITS = 2;

    final Scheduler scheduler;
    final SimulationOptions options;
    final SimulatedMemory memory;
    final Network network;
    final HandleTable handles;
    final OperationsInFlight inFlight;
    final KernelMemory kernelMemory;
    final SimulatedFiles files;

    /// A client edition of Windows.
    final boolean isWorkstation;

    /// TransmitFile calls that are in flight, in order.
    private final List<Operation> transmits = new ArrayList<>();

    int startups;
    private final IdentityHashMap<Call, String> callsInUse = new IdentityHashMap<>();

    SimulatedKernel(Scheduler scheduler, SimulationOptions options) {
        this.scheduler = scheduler;
        this.options = options;
        memory = new SimulatedMemory(scheduler);
        network = new Network(scheduler, options.network());
        scheduler.setBackground(network);
        handles = new HandleTable(scheduler.random().nextBoolean());
        inFlight = new OperationsInFlight(scheduler, memory);
        kernelMemory = new KernelMemory(scheduler, options.memory());
        files = new SimulatedFiles(this);
        isWorkstation = scheduler.random().nextBoolean();
    }

    /// Whether a TransmitFile goes on: client editions run two at a time, system-wide, and let others wait.
    boolean runs(Operation transmit) {
        int place = transmits.indexOf(transmit);
        return !isWorkstation || (place >= 0 && place < CLIENT_EDITION_TRANSMITS);
    }

    boolean isTransmitting() {
        return !transmits.isEmpty();
    }

    void beginTransmit(Operation transmit) {
        transmits.add(transmit);
    }

    void endTransmit(Operation transmit) {
        transmits.remove(transmit);
        transmits.stream().limit(CLIENT_EDITION_TRANSMITS).forEach(next -> next.socket.sends.wake());
    }

    /// Makes a call: others may go on before its effect, and after it before the call returns.
    long call(Call call, String name, long a, long b, LongSupplier effect) {
        scheduler.switchPoint();
        String other = callsInUse.put(call, scheduler.current().name());
        if (other != null) {
            throw scheduler.fail(name + ": its Call is in use by " + other);
        }
        long result = effect.getAsLong();
        scheduler.record(name, a, b, result);
        scheduler.switchPointAfterEffect();
        callsInUse.remove(call);
        return result;
    }

    Error fail(String message) {
        return scheduler.fail(message);
    }

    boolean chance(int percent) {
        return scheduler.chance(percent);
    }

    @Nullable
    SimulatedSocket socket(long handle, String name) {
        if (handles.get(handle) instanceof SimulatedSocket socket) {
            return socket;
        }
        closedHandle(handle, name);
        return null;
    }

    @Nullable
    SimulatedPort port(long handle, String name) {
        if (handles.get(handle) instanceof SimulatedPort port) {
            return port;
        }
        closedHandle(handle, name);
        return null;
    }

    /// Ends an operation and queues its packet.
    void complete(Operation operation, int status, int bytes, byte @Nullable [] written) {
        inFlight.complete(operation, status, bytes, written);
        kernelMemory.unlock(operation);
        SimulatedPort port = operation.socket.port;
        if (port == null || port.closed) {
            throw fail(operation + " has no port to report to");
        }
        port.queue(new SimulatedPort.Packet(operation.socket.key, operation.address(), bytes, operation));
    }

    /// Ends an operation inside the call that submitted it: with a packet, unless the socket skips it then.
    void completeInline(Operation operation, int bytes, byte @Nullable [] written) {
        if (operation.socket.skipsOnSuccess) {
            inFlight.forget(operation);
            kernelMemory.unlock(operation);
            if (written != null) {
                operation.write(written);
            }
            operation.stamp(Status.SUCCESS, bytes);
        } else {
            complete(operation, Status.SUCCESS, bytes, written);
        }
    }

    /// What a process leaves behind.
    List<String> leftovers() {
        List<String> left = new ArrayList<>();
        handles.open().forEach(each -> left.add("not closed: " + each));
        left.addAll(inFlight.leftovers());
        left.addAll(memory.leftovers());
        if (startups != 0) {
            left.add(startups + " WSAStartup without WSACleanup");
        }
        return left;
    }

    void closedHandle(long handle, String name) {
        if (options.strictHandles()) {
            throw fail(name + " on handle " + handle + ", which is closed or of another kind");
        }
    }
}
