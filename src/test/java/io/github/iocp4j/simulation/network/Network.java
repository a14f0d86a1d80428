package io.github.iocp4j.simulation.network;

import io.github.iocp4j.simulation.scheduler.Background;
import io.github.iocp4j.simulation.scheduler.Scheduler;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// The network of a simulation: everything that goes on without a thread, one step at a time in an order chosen by
/// the seed, and the addresses in use.
public final class Network implements Background {
    private static final int FIRST_EPHEMERAL_PORT = 49_152;
    private static final int LAST_PORT = 65_535;

    private final Scheduler scheduler;
    private final NetworkOptions options;
    private final List<Activity> ready = new ArrayList<>();
    private final List<Binding> bindings = new ArrayList<>();
    private final Set<InetSocketAddress> silent = new HashSet<>();
    private int lastPort = FIRST_EPHEMERAL_PORT - 1;

    public Network(Scheduler scheduler, NetworkOptions options) {
        this.scheduler = scheduler;
        this.options = options;
    }

    public Scheduler scheduler() {
        return scheduler;
    }

    public NetworkOptions options() {
        return options;
    }

    /// Has an activity go on if it is ready: usually soon, now and then late.
    public void wake(Activity activity) {
        if (activity.queued || !activity.isReady()) {
            return;
        }
        activity.queued = true;
        if (scheduler.chance(options.latePercent())) {
            long nanos = 1_000L * scheduler.random().nextInt(1, options.lateMicros() + 1);
            scheduler.schedule(nanos, () -> ready.add(activity));
        } else {
            ready.add(activity);
        }
    }

    @Override
    public boolean hasWork() {
        return !ready.isEmpty();
    }

    @Override
    public void step() {
        int index = scheduler.random().nextInt(ready.size());
        Activity activity = ready.get(index);
        ready.set(index, ready.getLast());
        ready.removeLast();
        activity.queued = false;
        if (activity.isReady()) {
            activity.step();
            wake(activity);
        }
    }

    /// Reserves an address; port 0 asks for a free one.
    ///
    /// @param dual whether an address of IPv6 stands for the same one of IPv4 too
    /// @return the address, or `null` when it is in use
    public @Nullable InetSocketAddress bind(InetSocketAddress wanted, boolean dual) {
        InetSocketAddress address = wanted;
        if (wanted.getPort() == 0) {
            address = new InetSocketAddress(wanted.getAddress(), ephemeralPort());
        }
        Binding binding = new Binding(address, dual);
        if (bindings.stream().anyMatch(binding::overlaps)) {
            return null;
        }
        bindings.add(binding);
        return address;
    }

    public void unbind(InetSocketAddress address) {
        bindings.removeIf(each -> each.address.equals(address));
    }

    /// From now on the bound address takes connections.
    public void listen(InetSocketAddress address, ListenPoint point) {
        for (Binding binding : bindings) {
            if (binding.address.equals(address)) {
                binding.point = point;
                return;
            }
        }
        throw new AssertionError(address + " is not bound");
    }

    /// An address of which no answer ever comes, not even a refusal.
    public InetSocketAddress silentAddress() {
        InetSocketAddress address = new InetSocketAddress(InetAddress.ofLiteral("127.0.0.2"), ephemeralPort());
        silent.add(address);
        return address;
    }

    public boolean isSilent(InetSocketAddress address) {
        return silent.contains(address);
    }

    /// Connects, as far as the network is concerned.
    ///
    /// @return the client's end, or `null` when nobody listens there or the backlog is full
    public @Nullable StreamEnd connect(InetSocketAddress from, InetSocketAddress to) {
        for (Binding binding : bindings) {
            if (binding.point != null && binding.takes(to)) {
                InetAddress near = from.getAddress().isAnyLocalAddress() ? to.getAddress() : from.getAddress();
                StreamEnd[] ends = StreamEnd.pair(this, new InetSocketAddress(near, from.getPort()), to);
                return binding.point.offer(ends[1]) ? ends[0] : null;
            }
        }
        return null;
    }

    /// A port that nobody has bound.
    public int ephemeralPort() {
        for (int i = FIRST_EPHEMERAL_PORT; i <= LAST_PORT; i++) {
            lastPort = lastPort == LAST_PORT ? FIRST_EPHEMERAL_PORT : lastPort + 1;
            int port = lastPort;
            if (bindings.stream().noneMatch(each -> each.address.getPort() == port)) {
                return port;
            }
        }
        throw scheduler.fail("no port is free");
    }

    /// The addresses in use, for the search of what was left over.
    public List<InetSocketAddress> bound() {
        return bindings.stream().map(each -> each.address).toList();
    }

    int bufferBytes() {
        return scheduler.random().nextInt(options.smallestBufferBytes(), options.largestBufferBytes() + 1);
    }

    /// How much of `available` bytes goes at once: often all, else any part.
    public int pieceOf(int available) {
        return scheduler.random().nextBoolean() ? available : scheduler.random().nextInt(1, available + 1);
    }

    private static final class Binding {
        private final InetSocketAddress address;
        private final boolean dual;
        private @Nullable ListenPoint point;

        private Binding(InetSocketAddress address, boolean dual) {
            this.address = address;
            this.dual = dual;
        }

        private boolean overlaps(Binding other) {
            return address.getPort() == other.address.getPort() && (covers(other.address) || other.covers(address));
        }

        private boolean takes(InetSocketAddress target) {
            return address.getPort() == target.getPort() && covers(target);
        }

        private boolean covers(InetSocketAddress target) {
            boolean sameFamily =
                    address.getAddress().getClass() == target.getAddress().getClass();
            return address.getAddress().equals(target.getAddress())
                    || (address.getAddress().isAnyLocalAddress() && (sameFamily || dual));
        }
    }
}
