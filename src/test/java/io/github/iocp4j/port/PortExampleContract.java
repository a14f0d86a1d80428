package io.github.iocp4j.port;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.iocp4j.contract.KernelContract;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/// The examples of this package's documentation, as programs.
abstract class PortExampleContract extends KernelContract {
    PortExampleContract(boolean simulated) {
        super(simulated);
    }

    @Test
    void operationOfOnesOwnIsPostedByHand() {
        check(kernel -> {
            AtomicInteger printed = new AtomicInteger();
            try (CompletionPort port = TestPorts.open(kernel.host(), 0, 16)) {
                IoWorkers workers = IoWorkers.start(port, 2, 16, "worker", failure -> failure.printStackTrace());
                Operation operation = port.acquire(
                        (done, worker) -> {
                            assertTrue(worker.index() == 0 || worker.index() == 1);
                            printed.set(done.bytesTransferred());
                            done.release();
                        },
                        null);
                assertNotNull(operation);
                assertEquals(0, port.post(operation, 0, 42));
                assertTrue(workers.stop(Duration.ofSeconds(4)));
            }
            assertEquals(42, printed.get());
        });
    }

    /// The refused half: what Windows does with a handle of the user's own is the same as for a socket.
    @Test
    void callThatIsRefusedBringsNoPacket() {
        check(kernel -> {
            try (CompletionPort port = TestPorts.open(kernel.host(), 0, 16)) {
                Operation operation = port.acquire((done, worker) -> {}, null);
                assertNotNull(operation);
                long overlapped = operation.begin();
                assertEquals(operation.address(), overlapped);
                operation.end();
                assertEquals(0, port.dequeue(port.newBatch(1), 0));
                operation.release();
            }
        });
    }
}
