package io.github.iocp4j.simulation;

import io.github.iocp4j.internal.host.Host;
import io.github.iocp4j.simulation.network.SimulatedPeer;
import io.github.iocp4j.simulation.network.SimulatedPeerListener;
import io.github.iocp4j.simulation.scheduler.History;
import io.github.iocp4j.simulation.scheduler.Scheduler;
import io.github.iocp4j.testing.CountedCall;
import io.github.iocp4j.testing.Peer;
import io.github.iocp4j.testing.PeerListener;
import io.github.iocp4j.testing.TestFiles;
import io.github.iocp4j.testing.TestKernel;
import io.github.iocp4j.testing.ThrowingRunnable;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.List;
import java.util.Random;
import java.util.function.BooleanSupplier;

/// A [TestKernel] whose every decision follows from a seed.
public final class SimulatedTestKernel implements TestKernel {
    private final Scheduler scheduler;
    private final SimulatedHost host;
    private final Random random;

    public SimulatedTestKernel(long seed) {
        this(seed, SimulationOptions.DEFAULT);
    }

    public SimulatedTestKernel(long seed, SimulationOptions options) {
        scheduler = new Scheduler(seed, options.limits());
        host = new SimulatedHost(scheduler, options);
        random = new Random(seed);
    }

    @Override
    public Host host() {
        return host;
    }

    @Override
    public TestFiles files() {
        return host.files();
    }

    @Override
    public void run(ThrowingRunnable test) {
        try {
            scheduler.run(test);
            host.verifyQuiescent();
        } finally {
            if (scheduler.threadsAlive().isEmpty()) {
                host.free();
            }
        }
    }

    @Override
    public void fork(String name, ThrowingRunnable body) {
        scheduler.spawn(name, body);
    }

    @Override
    public Peer connect(InetSocketAddress address) throws IOException {
        return SimulatedPeer.connect(host.network(), address);
    }

    @Override
    public Peer connectFrom(InetAddress from, InetSocketAddress address) throws IOException {
        return SimulatedPeer.connect(host.network(), from, address);
    }

    @Override
    public PeerListener listen() {
        return new SimulatedPeerListener(host.network());
    }

    @Override
    public void await(String what, Duration limit, BooleanSupplier condition) {
        if (!scheduler.awaitCondition(what, limit.toNanos(), condition)) {
            throw new AssertionError("not within " + limit + ": " + what);
        }
    }

    @Override
    public Random random() {
        return random;
    }

    /// How many calls of this kind were refused for want of memory, or by chance as if for want of it.
    public long refusals(CountedCall call) {
        return host.kernelMemory().refusals(call);
    }

    /// How many pages operations have locked now.
    public int pagesLocked() {
        return host.kernelMemory().locked();
    }

    /// The most pages that were locked at once.
    public int mostPagesLocked() {
        return host.kernelMemory().mostLocked();
    }

    /// An address of which no answer ever comes, not even a refusal.
    public InetSocketAddress silentAddress() {
        return host.network().silentAddress();
    }

    /// What happened, in order: the same for two runs of the same seed.
    public History history() {
        return scheduler.history();
    }

    /// The threads of the run that have not ended.
    public List<Thread> threadsAlive() {
        return scheduler.threadsAlive();
    }
}
