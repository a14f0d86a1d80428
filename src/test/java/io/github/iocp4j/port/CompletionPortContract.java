package io.github.iocp4j.port;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.iocp4j.contract.KernelContract;
import io.github.iocp4j.error.WindowsException;
import io.github.iocp4j.internal.host.Host;
import io.github.iocp4j.internal.win32.Win32;
import io.github.iocp4j.testing.CountedCall;
import io.github.iocp4j.testing.CountingHost;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

abstract class CompletionPortContract extends KernelContract {
    private static final OperationHandler NOBODY = (operation, worker) -> {
        throw new AssertionError("no worker runs");
    };
    private static final int MANY = 50;
    private static final int NO_SYSTEM_RESOURCES = 1450;
    private static final int WAIT_MILLIS = 1000;

    CompletionPortContract(boolean simulated) {
        super(simulated);
    }

    /// A test with a port, whose operations all come home.
    @FunctionalInterface
    private interface PortTest {
        void run(CompletionPort port) throws Exception;
    }

    @Test
    void packetsComeInTheOrderOfTheirPosts() {
        withPort(MANY, port -> {
            for (int capacity : new int[] {1, 4, 64}) {
                List<Operation> posted = new ArrayList<>();
                for (int i = 0; i < MANY; i++) {
                    posted.add(acquire(port));
                    assertEquals(0, port.post(posted.get(i), -i, 1000 + i));
                }
                assertEquals(MANY, port.operationsInFlight());
                expectInOrder(port, port.newBatch(capacity), posted);
                assertEquals(0, port.operationsInFlight());
                posted.forEach(Operation::release);
            }
        });
    }

    @Test
    void dequeueGivesUpWhenItsTimeIsOver() {
        check(kernel -> {
            Host host = kernel.host();
            try (CompletionPort port = new CompletionPort(host, 0, 1)) {
                for (int capacity = 1; capacity <= 2; capacity++) {
                    PacketBatch batch = port.newBatch(capacity);
                    long begun = host.nanoTime();
                    assertEquals(0, port.dequeue(batch, 0));
                    assertEquals(0, port.dequeue(batch, 20));
                    assertEquals(0, batch.count());
                    assertTrue(host.nanoTime() - begun < LIMIT.toNanos());
                }
            }
        });
    }

    @Test
    void dequeueWaitsForAPacket() {
        check(kernel -> {
            try (CompletionPort port = new CompletionPort(kernel.host(), 0, 1)) {
                Operation operation = acquire(port);
                kernel.fork("poster", () -> {
                    kernel.pause(Duration.ofMillis(20));
                    assertEquals(0, port.post(operation, 7, 8));
                });
                PacketBatch batch = port.newBatch(4);
                assertEquals(1, port.dequeue(batch, CompletionPort.FOREVER));
                assertSame(operation, batch.operation(0));
                operation.release();
            }
        });
    }

    @Test
    void batchOfOneIsFilledByTheSingleCall() {
        check(kernel -> {
            CountingHost host = new CountingHost(kernel.host());
            try (CompletionPort port = new CompletionPort(host, 0, 1)) {
                assertEquals(0, port.dequeue(port.newBatch(1), 0));
                assertEquals(1, host.counts().calls(CountedCall.GET_QUEUED_COMPLETION_STATUS));
                assertEquals(0, host.counts().calls(CountedCall.GET_QUEUED_COMPLETION_STATUS_EX));
                assertEquals(0, port.dequeue(port.newBatch(2), 0));
                assertEquals(1, host.counts().calls(CountedCall.GET_QUEUED_COMPLETION_STATUS));
                assertEquals(1, host.counts().calls(CountedCall.GET_QUEUED_COMPLETION_STATUS_EX));
            }
        });
    }

    @Test
    void foreignPacketsAreCountedAndIgnored() {
        withPort(3, port -> {
            Operation ours = acquire(port);
            Operation home = acquire(port);
            long end = ours.address() + 3L * OverlappedSlots.SLOT_BYTES;
            long neverTaken = end - OverlappedSlots.SLOT_BYTES;
            long[] foreign = {16, ours.address() - 32, ours.address() + 8, home.address(), neverTaken, end, -32};
            assertEquals(0, port.post(ours, 1, 2));
            for (long address : foreign) {
                assertEquals(0, port.postPacket(3, 4, address));
            }
            PacketBatch batch = port.newBatch(16);
            int taken = 0;
            int found = 0;
            while (taken < 1 + foreign.length) {
                int count = port.dequeue(batch, WAIT_MILLIS);
                for (int i = 0; i < count; i++) {
                    found += batch.operation(i) == ours ? 1 : 0;
                    assertTrue(batch.operation(i) == ours || batch.operation(i) == null);
                }
                taken += count;
            }
            assertEquals(1, found);
            assertEquals(foreign.length, port.foreignPackets());
            home.release();
            ours.release();
        });
    }

    @Test
    void packetWithoutAnOverlappedIsNotForeign() {
        withPort(1, port -> {
            assertEquals(0, port.postPacket(5, 6, 0));
            PacketBatch batch = port.newBatch(1);
            assertEquals(1, port.dequeue(batch, WAIT_MILLIS));
            assertNull(batch.operation(0));
            assertEquals(5, batch.completionKey(0));
            assertEquals(6, batch.bytesTransferred(0));
            assertEquals(0, port.foreignPackets());
        });
    }

    /// The article's keys were pointers cast to 32 bits.
    @Test
    void defect10KeysHave64Bits() {
        withPort(1, port -> {
            long[] keys = {1L << 32, 0xffff_ffffL, -2, Long.MAX_VALUE, (5L << 32) | 7};
            PacketBatch batch = port.newBatch(1);
            for (long key : keys) {
                assertEquals(0, port.postPacket(key, 6, 0));
                assertEquals(1, port.dequeue(batch, WAIT_MILLIS));
                assertEquals(key, batch.completionKey(0));
            }
        });
    }

    @Test
    void batchShowsNothingOfTheOneBefore() {
        withPort(1, port -> {
            Operation operation = acquire(port);
            PacketBatch batch = port.newBatch(2);
            assertEquals(0, port.post(operation, 0, 0));
            assertEquals(1, port.dequeue(batch, WAIT_MILLIS));
            assertEquals(1, batch.count());
            assertEquals(0, port.dequeue(batch, 0));
            assertEquals(0, batch.count());
            operation.release();
        });
    }

    @Test
    void acquireGivesEachSlotToOneOwner() {
        withPort(MANY, port -> {
            Set<Long> addresses = new HashSet<>();
            List<Operation> taken = new ArrayList<>();
            for (int i = 0; i < MANY; i++) {
                taken.add(acquire(port));
                addresses.add(taken.get(i).address());
            }
            assertNull(port.acquire(NOBODY, null));
            assertEquals(MANY, port.operationsTaken());
            long lowest = addresses.stream().mapToLong(each -> each).min().orElseThrow();
            for (long slot = 0; slot < MANY; slot++) {
                assertTrue(addresses.contains(lowest + slot * OverlappedSlots.SLOT_BYTES));
            }
            long address = taken.getLast().address();
            taken.removeLast().release();
            Operation again = acquire(port);
            assertEquals(address, again.address());
            assertNull(port.acquire(NOBODY, null));
            again.release();
            taken.forEach(Operation::release);
            assertEquals(0, port.operationsTaken());
        });
    }

    @Test
    void misuseOfAnOperationIsRefused() {
        withPort(2, port -> {
            Operation operation = port.acquire(NOBODY, "mine");
            assertNotNull(operation);
            assertEquals("mine", operation.attachment());
            assertThrows(IllegalStateException.class, operation::end);
            assertEquals(operation.address(), operation.begin());
            assertTrue(operation.isInFlight());
            assertThrows(IllegalStateException.class, operation::begin);
            assertThrows(IllegalStateException.class, operation::release);
            assertThrows(IllegalStateException.class, () -> port.post(operation, 0, 0));
            operation.end();
            assertFalse(operation.isInFlight());
            assertThrows(IllegalStateException.class, operation::end);
            operation.release();
            assertThrows(IllegalStateException.class, operation::release);
            assertThrows(IllegalStateException.class, operation::begin);
            assertThrows(IllegalStateException.class, () -> port.post(operation, 0, 0));
            assertEquals(0, port.operationsTaken());
        });
    }

    @Test
    void refusedPostBringsItsOperationHome() {
        check(kernel -> {
            ChangedHost host = new ChangedHost(kernel.host());
            try (CompletionPort port = new CompletionPort(host, 0, 1)) {
                Operation operation = acquire(port);
                host.refusePosts(NO_SYSTEM_RESOURCES);
                assertEquals(NO_SYSTEM_RESOURCES, port.post(operation, 1, 2));
                assertFalse(operation.isInFlight());
                host.refusePosts(0);
                assertEquals(0, port.post(operation, 1, 2));
                expectInOrder(port, port.newBatch(1), List.of(operation));
                operation.release();
            }
        });
    }

    @Test
    void closeWaitsForOperationsInFlight() {
        check(kernel -> {
            ChangedHost host = new ChangedHost(kernel.host());
            CompletionPort port = new CompletionPort(host, 0, 3);
            Operation queued = acquire(port);
            Operation late = acquire(port);
            assertEquals(0, port.post(queued, 1, 2));
            long overlapped = late.begin();
            kernel.fork("poster", () -> {
                kernel.pause(Duration.ofMillis(50));
                assertEquals(0, port.postPacket(3, 4, overlapped));
            });
            assertTrue(port.close(LIMIT));
            assertFalse(late.isInFlight());
            assertEquals(0, host.arenasKept());
            assertTrue(port.close(LIMIT));
        });
    }

    @Test
    void closeKeepsMemoryThatWindowsStillOwns() {
        check(kernel -> {
            ChangedHost host = new ChangedHost(kernel.host());
            CompletionPort port = new CompletionPort(host, 0, 3);
            Operation lost = acquire(port);
            long _ = lost.begin();
            long begun = host.nanoTime();
            assertFalse(port.close(Duration.ofMillis(50)));
            assertTrue(host.nanoTime() - begun >= Duration.ofMillis(50).toNanos());
            assertEquals(1, port.operationsInFlight());
            // The slots, and nothing else, are kept: the OVERLAPPED can still be written to and read.
            assertEquals(1, host.arenasKept());
            lost.end();
            assertEquals(0, lost.status());
            host.freeArenas();
        });
    }

    @Test
    void closedPortFails() {
        check(kernel -> {
            CompletionPort port = new CompletionPort(new ChangedHost(kernel.host()), 0, 1);
            ChangedHost host = (ChangedHost) port.host();
            host.failDequeues(Win32.ERROR_ABANDONED_WAIT_0);
            for (int capacity = 1; capacity <= 2; capacity++) {
                PacketBatch batch = port.newBatch(capacity);
                WindowsException failure = assertThrows(WindowsException.class, () -> port.dequeue(batch, 0));
                assertEquals(Win32.ERROR_ABANDONED_WAIT_0, failure.code());
                assertEquals(0, batch.count());
            }
            port.close();
        });
    }

    @Test
    void argumentsOutOfRangeAreRefused() {
        check(kernel -> {
            Host host = kernel.host();
            assertThrows(IllegalArgumentException.class, () -> new CompletionPort(host, -1, 1));
            assertThrows(IllegalArgumentException.class, () -> new CompletionPort(host, 0, 0));
            assertThrows(IllegalArgumentException.class, () -> new CompletionPort(host, 0, Integer.MAX_VALUE));
            try (CompletionPort port = new CompletionPort(host, 0, 1)) {
                assertThrows(IllegalArgumentException.class, () -> port.newBatch(0));
            }
        });
    }

    private void withPort(int operations, PortTest test) {
        check(kernel -> {
            try (CompletionPort port = new CompletionPort(kernel.host(), 0, operations)) {
                test.run(port);
            }
        });
    }

    private static Operation acquire(CompletionPort port) {
        Operation operation = port.acquire(NOBODY, null);
        assertNotNull(operation);
        return operation;
    }

    /// Takes as many packets as operations are given, in that order.
    private static void expectInOrder(CompletionPort port, PacketBatch batch, List<Operation> expected)
            throws WindowsException {
        int taken = 0;
        while (taken < expected.size()) {
            int count = port.dequeue(batch, WAIT_MILLIS);
            assertEquals(count, batch.count());
            assertTrue(count <= batch.capacity());
            for (int i = 0; i < count; i++) {
                Operation operation = expected.get(taken++);
                assertSame(operation, batch.operation(i));
                assertFalse(operation.isInFlight());
                assertEquals(0, operation.status());
                assertEquals(batch.bytesTransferred(i), operation.bytesTransferred());
            }
        }
    }
}
