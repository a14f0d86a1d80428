package io.github.iocp4j.testing;

import io.github.iocp4j.internal.host.Host;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.Random;
import java.util.function.BooleanSupplier;

/// The machine under a contract test: Windows itself, or the simulation. A test that uses nothing else runs on
/// both.
///
/// Everything but [#run] is called from inside [#run].
public interface TestKernel {
    Host host();

    /// Files of this test, which are gone when it has run.
    TestFiles files();

    /// Runs a test to its end, the threads it forked included, and checks that nothing is left over. Once per
    /// kernel.
    void run(ThrowingRunnable test);

    /// Starts a thread of the test. [#run] waits for it, and fails with what it throws.
    void fork(String name, ThrowingRunnable body);

    /// Connects a peer.
    ///
    /// @throws java.net.ConnectException when nobody listens there
    Peer connect(InetSocketAddress address) throws IOException;

    /// Connects a peer that has an address of its own choice, such as 127.0.0.9.
    Peer connectFrom(InetAddress from, InetSocketAddress address) throws IOException;

    /// Connects a peer that takes little before it reads.
    default Peer connectWithSmallBuffer(InetSocketAddress address) throws IOException {
        return connect(address);
    }

    /// A peer that listens on a free port of 127.0.0.1.
    PeerListener listen() throws IOException;

    /// Waits until `condition` holds, which must only look, and fails naming `what` when it doesn't within
    /// `limit`.
    void await(String what, Duration limit, BooleanSupplier condition);

    /// Lets time pass.
    default void pause(Duration duration) {
        boolean _ = host().newSignal().await(duration.toNanos());
    }

    /// The test's own random numbers; the same for the same seed.
    Random random();
}
