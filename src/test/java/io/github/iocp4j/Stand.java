package io.github.iocp4j;

import io.github.iocp4j.internal.host.Host;
import io.github.iocp4j.internal.win32.LinkedNtdll;
import io.github.iocp4j.simulation.SimulatedTestKernel;
import io.github.iocp4j.testing.Peer;
import io.github.iocp4j.testing.TestKernel;
import io.github.iocp4j.testing.ThrowingRunnable;
import io.github.iocp4j.testing.WindowsTestKernel;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.BooleanSupplier;
import java.util.function.UnaryOperator;

/// One run of a scenario: its kernel, and the endpoints that it starts, which are closed and checked at the
/// end.
final class Stand {
    /// The longest wait for anything that must come. Simulated time costs nothing.
    private static final Duration LIMIT = Duration.ofSeconds(30);

    private static final Duration SIMULATED_LIMIT = Duration.ofMinutes(5);

    private final TestKernel kernel;
    private final Variation variation;
    private final List<TestEndpoint> endpoints = new ArrayList<>();

    private Stand(TestKernel kernel, Variation variation) {
        this.kernel = kernel;
        this.variation = variation;
    }

    static void run(TestKernel kernel, Variation variation, Scenario scenario) {
        kernel.run(() -> {
            Stand stand = new Stand(kernel, variation);
            try {
                scenario.run(stand);
            } catch (Throwable e) {
                stand.abandon(e);
                throw e;
            }
            stand.end();
        });
    }

    TestKernel kernel() {
        return kernel;
    }

    Variation variation() {
        return variation;
    }

    boolean isSimulated() {
        return kernel instanceof SimulatedTestKernel;
    }

    Random random() {
        return kernel.random();
    }

    long nanoTime() {
        return kernel.host().nanoTime();
    }

    /// How long something takes, in real or simulated time.
    Duration time(ThrowingRunnable body) throws Exception {
        long begun = nanoTime();
        body.run();
        return Duration.ofNanos(nanoTime() - begun);
    }

    /// Fails when something that has a limit took longer. A real machine may be busy with something else.
    void expectWithin(Duration limit, Duration took) {
        Duration slack = isSimulated() ? Duration.ofMillis(1) : Duration.ofMillis(1500);
        if (took.compareTo(limit.plus(slack)) > 0) {
            throw new AssertionError("took " + took + ", with a limit of " + limit);
        }
    }

    /// A server on a free port of the loopback interface.
    TestEndpoint serve(EndpointHandler handler) throws IOException {
        return serve(handler, options -> options);
    }

    TestEndpoint serve(EndpointHandler handler, UnaryOperator<EndpointOptions.Builder> change) throws IOException {
        InetSocketAddress any = new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);
        return start(EndpointOptions.server(any).maxConnections(64).pendingAccepts(2), handler, change);
    }

    /// An endpoint that only connects.
    TestEndpoint client(EndpointHandler handler, UnaryOperator<EndpointOptions.Builder> change) throws IOException {
        return start(EndpointOptions.client().maxConnections(64), handler, change);
    }

    TestEndpoint start(
            EndpointOptions.Builder builder, EndpointHandler handler, UnaryOperator<EndpointOptions.Builder> change)
            throws IOException {
        return start(kernel.host(), builder, handler, change);
    }

    /// @param host the kernel's, or one that changes its calls
    TestEndpoint start(
            Host host,
            EndpointOptions.Builder builder,
            EndpointHandler handler,
            UnaryOperator<EndpointOptions.Builder> change)
            throws IOException {
        TestEndpoint started = startOn(host, builder, handler, change);
        endpoints.add(started);
        return started;
    }

    /// Starts on a host of the test's own. The test closes it and looks at what is left over.
    TestEndpoint startOn(
            Host host,
            EndpointOptions.Builder builder,
            EndpointHandler handler,
            UnaryOperator<EndpointOptions.Builder> change)
            throws IOException {
        EndpointOptions options = change.apply(variation.applyTo(builder)).build();
        CallbackOrder order = new CallbackOrder(kernel, handler);
        return new TestEndpoint(this, order.start(host, options), options, order);
    }

    void await(String what, BooleanSupplier condition) {
        kernel.await(what, isSimulated() ? SIMULATED_LIMIT : LIMIT, condition);
    }

    /// Starts a thread of the test.
    Task fork(String name, ThrowingRunnable body) {
        Task task = new Task(name);
        kernel.fork(name, () -> {
            body.run();
            task.done.set(true);
        });
        return task;
    }

    /// Reads until the connection turns out to be reset.
    ///
    /// @return how many bytes came before
    int expectReset(Peer peer) {
        return WireFrames.expectReset(peer, kernel instanceof WindowsTestKernel && Wine.IS_HERE);
    }

    /// Closes a peer whose connection may be gone in any way.
    static void closeQuietly(Peer peer) {
        try {
            peer.close();
        } catch (IOException _) {
            // It is over either way.
        }
    }

    private void end() {
        endpoints.forEach(each -> each.endpoint().close());
        endpoints.forEach(TestEndpoint::verifyOver);
    }

    /// A run that has failed must not leave threads behind: but what else goes wrong matters no more.
    private void abandon(Throwable cause) {
        for (TestEndpoint each : endpoints) {
            try {
                each.endpoint().close();
                each.order().verify();
            } catch (RuntimeException | AssertionError e) {
                cause.addSuppressed(e);
            }
        }
    }

    /// Wine shows a reset as the end of the stream to who has nothing pending when it arrives.
    private static final class Wine {
        private static final boolean IS_HERE =
                !new LinkedNtdll().wine_get_version().isEmpty();
    }

    final class Task {
        private final String name;
        private final AtomicBoolean done = new AtomicBoolean();

        private Task(String name) {
            this.name = name;
        }

        boolean isDone() {
            return done.get();
        }

        void await() {
            Stand.this.await("the end of " + name, done::get);
        }
    }
}
