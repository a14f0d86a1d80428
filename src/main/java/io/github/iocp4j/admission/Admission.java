package io.github.iocp4j.admission;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/// The rules about who may connect, at work: what an endpoint asks about each connection that it has accepted. Any
/// thread may use it; nothing waits.
public final class Admission {
    private static final System.Logger LOG = System.getLogger(Admission.class.getName());

    private final AdmissionOptions options;
    private final BanList banList;
    private final AddressLimits limits;

    /// Rules of which nothing has been counted yet.
    ///
    /// @param mostConnections how many connections there are at once
    /// @param nanoTime the clock, as [System#nanoTime]
    public Admission(AdmissionOptions options, int mostConnections, LongSupplier nanoTime) {
        this.options = options;
        banList = new BanList(options.mostBans(), nanoTime);
        options.banned().forEach(banList::ban);
        limits = new AddressLimits(options, mostConnections, nanoTime);
    }

    /// The bans, which may be changed at any time.
    public BanList banList() {
        return banList;
    }

    /// Judges a connection. One that is admitted counts for its address until [#left].
    ///
    /// @return the rule that refuses it, or `null` when it is admitted
    public @Nullable Refusal judge(InetSocketAddress local, InetSocketAddress remote) {
        if (banList.isBanned(remote.getAddress())) {
            return Refusal.BANNED;
        }
        Refusal limit = limits.enter(remote.getAddress());
        if (limit != null) {
            return limit;
        }
        if (!passesFilter(local, remote)) {
            left(remote);
            return Refusal.FILTER;
        }
        return null;
    }

    /// A connection that was admitted is over, or was refused elsewhere.
    public void left(InetSocketAddress remote) {
        limits.leave(remote.getAddress());
    }

    /// Whoever is at this address has sent a frame that is too long or malformed.
    public void malformed(InetAddress address) {
        if (!options.banMalformed().isZero()) {
            boolean _ = banList.ban(AddressRange.peer(address), options.banMalformed());
        }
    }

    private boolean passesFilter(InetSocketAddress local, InetSocketAddress remote) {
        AcceptFilter filter = options.filter();
        try {
            return filter == null || filter.accepts(local, remote);
        } catch (Throwable e) {
            LOG.log(System.Logger.Level.WARNING, "an accept filter failed; the connection is refused", e);
            return false;
        }
    }
}
