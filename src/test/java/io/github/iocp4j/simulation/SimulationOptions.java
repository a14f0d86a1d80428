package io.github.iocp4j.simulation;

import io.github.iocp4j.simulation.network.NetworkOptions;
import io.github.iocp4j.simulation.scheduler.Limits;

/// How a simulated kernel behaves where Windows may do this or that.
///
/// @param faults what goes wrong by chance
/// @param network the sizes and delays of the network
/// @param limits when a run is taken for one that never ends
/// @param inlinePercent how many of the operations that could be done at once are
/// @param layeredProvider whether a provider without IFS handles is installed, which forbids skip-on-success
/// @param strictHandles whether a call on a closed handle fails the run instead of returning its code
/// @param strictClose whether closesocket over pending operations that nobody cancelled fails the run
/// @param memory what overlapped calls may use of the machine
public record SimulationOptions(
        Faults faults,
        NetworkOptions network,
        Limits limits,
        int inlinePercent,
        boolean layeredProvider,
        boolean strictHandles,
        boolean strictClose,
        MemoryLimits memory) {
    public static final SimulationOptions DEFAULT = new SimulationOptions(
            Faults.MILD, NetworkOptions.DEFAULT, Limits.DEFAULT, 50, false, true, true, MemoryLimits.UNLIMITED);

    public SimulationOptions withFaults(Faults other) {
        return new SimulationOptions(
                other, network, limits, inlinePercent, layeredProvider, strictHandles, strictClose, memory);
    }

    public SimulationOptions withNetwork(NetworkOptions other) {
        return new SimulationOptions(
                faults, other, limits, inlinePercent, layeredProvider, strictHandles, strictClose, memory);
    }

    public SimulationOptions withLimits(Limits other) {
        return new SimulationOptions(
                faults, network, other, inlinePercent, layeredProvider, strictHandles, strictClose, memory);
    }

    public SimulationOptions withInlinePercent(int percent) {
        return new SimulationOptions(
                faults, network, limits, percent, layeredProvider, strictHandles, strictClose, memory);
    }

    public SimulationOptions withLayeredProvider() {
        return new SimulationOptions(faults, network, limits, inlinePercent, true, strictHandles, strictClose, memory);
    }

    /// The machine lets so many pages be locked, and is short of memory in general while half of them are.
    public SimulationOptions withLockablePages(int pages) {
        return withMemory(MemoryLimits.pages(pages));
    }

    public SimulationOptions withMemory(MemoryLimits other) {
        return new SimulationOptions(
                faults, network, limits, inlinePercent, layeredProvider, strictHandles, strictClose, other);
    }

    /// Wrong calls on closed handles, and closesocket over pending operations, get what Windows documents.
    public SimulationOptions lenient() {
        return new SimulationOptions(faults, network, limits, inlinePercent, layeredProvider, false, false, memory);
    }
}
