package io.github.iocp4j.net;

import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.iocp4j.port.IoWorker;
import io.github.iocp4j.port.Operation;
import io.github.iocp4j.port.OperationHandler;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Objects;
import java.util.function.ToIntFunction;
import org.jspecify.annotations.Nullable;

/// An operation with a buffer of its own: submitted, and waited for, by the test's threads, one at a time.
final class TestOperation implements OperationHandler {
    private final TestTransport transport;
    private final Operation operation;
    private final MemorySegment memory;
    private @Nullable TcpChannel channel;
    private volatile int code;
    private volatile boolean home = true;

    TestOperation(TestTransport transport, int bytes) {
        this.transport = transport;
        operation = Objects.requireNonNull(transport.port().acquire(this, null), "the port has operations enough");
        memory = transport.arena().allocate(bytes);
    }

    Operation operation() {
        return operation;
    }

    MemorySegment memory() {
        return memory;
    }

    /// Makes a call of `on` with this operation.
    ///
    /// @return what it returned
    int submit(TcpChannel on, ToIntFunction<Operation> call) {
        assertTrue(home, "the operation is in flight");
        channel = on;
        home = false;
        int result = call.applyAsInt(operation);
        if (result != TcpChannel.PENDING) {
            code = result;
            home = true;
        }
        return result;
    }

    /// Begins to receive as much as fits.
    int receive(TcpChannel on) {
        return submit(on, each -> on.receive(each, memory.address(), (int) memory.byteSize()));
    }

    int receiveReady(TcpChannel on) {
        return submit(on, on::receiveReady);
    }

    int send(TcpChannel on, byte[] bytes) {
        MemorySegment.copy(bytes, 0, memory, ValueLayout.JAVA_BYTE, 0, bytes.length);
        return submit(on, each -> on.send(each, memory.address(), bytes.length));
    }

    boolean isHome() {
        return home;
    }

    /// Waits until it is home.
    ///
    /// @return 0, or the code of its failure or refusal
    int await() {
        transport.await("an operation is home", () -> home);
        return code;
    }

    /// What was received.
    byte[] received() {
        return memory.asSlice(0, operation.bytesTransferred()).toArray(ValueLayout.JAVA_BYTE);
    }

    void release() {
        operation.release();
    }

    @Override
    public void completed(Operation done, IoWorker worker) {
        code = Objects.requireNonNull(channel).outcome(done);
        home = true;
    }
}
