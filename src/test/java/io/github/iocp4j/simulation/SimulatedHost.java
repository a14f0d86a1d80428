package io.github.iocp4j.simulation;

import io.github.iocp4j.internal.host.Host;
import io.github.iocp4j.internal.host.HostThread;
import io.github.iocp4j.internal.host.Signal;
import io.github.iocp4j.internal.win32.CallPool;
import io.github.iocp4j.internal.win32.Kernel32;
import io.github.iocp4j.internal.win32.Winsock;
import io.github.iocp4j.simulation.network.Network;
import io.github.iocp4j.simulation.scheduler.Scheduler;
import io.github.iocp4j.simulation.scheduler.SimulatedSignal;
import java.lang.foreign.Arena;
import java.util.List;

/// The machine of one simulated run.
public final class SimulatedHost implements Host {
    private final Scheduler scheduler;
    private final SimulatedKernel kernel;
    private final Kernel32 kernel32;
    private final Winsock winsock;
    private final CallPool calls;

    public SimulatedHost(Scheduler scheduler, SimulationOptions options) {
        this.scheduler = scheduler;
        kernel = new SimulatedKernel(scheduler, options);
        kernel32 = new SimulatedKernel32(kernel);
        winsock = new SimulatedWinsock(kernel);
        calls = new CallPool(kernel.memory.newImmortalArena());
    }

    @Override
    public Kernel32 kernel32() {
        return kernel32;
    }

    @Override
    public Winsock winsock() {
        return winsock;
    }

    @Override
    public CallPool calls() {
        return calls;
    }

    @Override
    public long nanoTime() {
        return scheduler.nanoTime();
    }

    @Override
    public Arena newArena() {
        return kernel.memory.newArena();
    }

    @Override
    public HostThread newThread(String name, Runnable body) {
        return scheduler.newThread(name, body);
    }

    @Override
    public boolean isWorkstation() {
        return kernel.isWorkstation;
    }

    @Override
    public Signal newSignal() {
        return new SimulatedSignal(scheduler);
    }

    SimulatedFiles files() {
        return kernel.files;
    }

    KernelMemory kernelMemory() {
        return kernel.kernelMemory;
    }

    public Network network() {
        return kernel.network;
    }

    /// What the process has not given back: handles, operations in flight, arenas, uses of Winsock.
    public List<String> leftovers() {
        return kernel.leftovers();
    }

    /// Fails when anything is left over.
    public void verifyQuiescent() {
        List<String> left = leftovers();
        if (!left.isEmpty()) {
            throw new AssertionError("seed " + scheduler.seed() + ": left over:\n    " + String.join("\n    ", left));
        }
    }

    /// Gives the memory of the run back. No thread of it may be left.
    void free() {
        kernel.memory.free();
    }
}
