package io.github.iocp4j;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.iocp4j.memory.BufferPool;
import io.github.iocp4j.memory.IoBuffer;
import io.github.iocp4j.net.BufferVector;
import io.github.iocp4j.net.TcpChannel;
import io.github.iocp4j.net.TcpTransport;
import io.github.iocp4j.port.CompletionPort;
import io.github.iocp4j.port.Operation;
import io.github.iocp4j.port.PacketBatch;
import io.github.iocp4j.port.TestPorts;
import io.github.iocp4j.testing.AllocatedBytes;
import io.github.iocp4j.testing.idle.IdleHost;
import io.github.iocp4j.testing.idle.IdleKernel;
import io.github.iocp4j.testing.idle.IdleKernel.Completion;
import java.lang.foreign.Arena;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/// What operations allocate on the Java heap, of this library alone: the kernel does nothing, and allocates
/// nothing.
class OperationAllocationTest {
    private static final int WARM_UP = 100_000;
    private static final int OPERATIONS = 1_000_000;
    private static final int PAYLOAD_BYTES = 60;
    private static final int FRAME_BYTES = Integer.BYTES + PAYLOAD_BYTES;
    private static final int CONNECTIONS = 2;
    private static final int WORKERS = 2;
    private static final long MOST_BYTES = 1024;
    private static final int MOST_ROUNDS = 4;
    private static final long LIMIT_NANOS = TimeUnit.SECONDS.toNanos(100);
    private static final InetSocketAddress ADDRESS = new InetSocketAddress(InetAddress.getLoopbackAddress(), 1);

    static Stream<Arguments> modes() {
        return Stream.of(ReadMode.values())
                .flatMap(mode -> Stream.of(Dispatch.values())
                        .flatMap(dispatch -> Stream.of(Completion.values())
                                .map(completion -> Arguments.of(mode, dispatch, completion))));
    }

    @Test
    void postedPacketsAllocateNothing() throws Exception {
        IdleKernel kernel = new IdleKernel(Completion.PACKET, PAYLOAD_BYTES);
        try (CompletionPort port = TestPorts.open(new IdleHost(kernel), 0, 4)) {
            PacketBatch batch = port.newBatch(4);
            post(port, batch, WARM_UP);
            AllocatedBytes allocated = AllocatedBytes.ofCurrentThread();
            post(port, batch, OPERATIONS);
            assertNothing(allocated.sinceThen());
        }
    }

    @ParameterizedTest
    @EnumSource
    void receivesAndSendsOfAChannelAllocateNothing(Completion completion) throws Exception {
        IdleKernel kernel = new IdleKernel(completion, PAYLOAD_BYTES);
        kernel.arriveFrames(WARM_UP + OPERATIONS);
        try (CompletionPort port = TestPorts.open(new IdleHost(kernel), 0, 4);
                TcpTransport transport = TcpTransport.on(port);
                TcpChannel channel = transport.newChannel(ADDRESS, 0);
                BufferPool pool = new BufferPool(Arena::ofShared, 4096, 4096, 1 << 20, BufferPool.UNLIMITED)) {
            PacketBatch batch = port.newBatch(4);
            BufferVector vector = new BufferVector();
            echo(port, batch, channel, pool, vector, WARM_UP);
            AllocatedBytes allocated = AllocatedBytes.ofCurrentThread();
            echo(port, batch, channel, pool, vector, OPERATIONS);
            assertNothing(allocated.sinceThen());
            assertEquals(kernel.bytesSent(), (long) (WARM_UP + OPERATIONS) * FRAME_BYTES);
        }
    }

    @ParameterizedTest
    @MethodSource("modes")
    void echoesOfAnEndpointAllocateNothing(ReadMode readMode, Dispatch dispatch, Completion completion)
            throws Exception {
        IdleKernel kernel = new IdleKernel(completion, PAYLOAD_BYTES);
        EndpointOptions options = EndpointOptions.server(ADDRESS)
                .ioWorkers(WORKERS)
                .maxConnections(CONNECTIONS)
                .pendingAccepts(4)
                .readMode(readMode)
                .dispatch(dispatch)
                .build();
        CompletionPort port = TestPorts.open(new IdleHost(kernel), 0, options.operations());
        kernel.arrivePeers(CONNECTIONS);
        try (IocpEndpoint endpoint = IocpEndpoint.start(options, new Echo(), port)) {
            awaitEchoes(kernel, WARM_UP);
            long bytes = allocatedByEchoes(kernel);
            // The pools grow when more is in use at once than ever before, a few times at most, and late perhaps.
            for (int round = 2; round <= MOST_ROUNDS && bytes >= MOST_BYTES; round++) {
                bytes = allocatedByEchoes(kernel);
            }
            assertNothing(bytes);
            assertEquals(CONNECTIONS, endpoint.connectionCount());
        }
    }

    private static void post(CompletionPort port, PacketBatch batch, int count) throws Exception {
        for (int i = 0; i < count; i++) {
            Operation operation = acquire(port);
            assertEquals(0, port.post(operation, i, i));
            awaitPacket(port, batch, operation);
            operation.release();
        }
    }

    private static void echo(
            CompletionPort port, PacketBatch batch, TcpChannel channel, BufferPool pool, BufferVector vector, int count)
            throws Exception {
        Operation operation = acquire(port);
        for (int i = 0; i < count; i++) {
            IoBuffer buffer = Objects.requireNonNull(pool.take(FRAME_BYTES));
            if (channel.receive(operation, buffer.address(), buffer.capacity()) != 0) {
                awaitPacket(port, batch, operation);
            }
            assertEquals(0, channel.outcome(operation));
            assertEquals(FRAME_BYTES, operation.bytesTransferred());
            vector.clear();
            vector.add(buffer.address(), Integer.BYTES);
            vector.add(buffer.address() + Integer.BYTES, PAYLOAD_BYTES);
            if (channel.send(operation, vector) != 0) {
                awaitPacket(port, batch, operation);
            }
            assertEquals(0, channel.outcome(operation));
            buffer.release();
        }
        operation.release();
    }

    private static Operation acquire(CompletionPort port) {
        Operation operation = port.acquire((done, worker) -> {}, null);
        assertTrue(operation != null, "not more operations than were asked for");
        return operation;
    }

    private static void awaitPacket(CompletionPort port, PacketBatch batch, Operation operation) throws Exception {
        assertEquals(1, port.dequeue(batch, CompletionPort.FOREVER));
        assertTrue(batch.operation(0) == operation, "its own packet");
    }

    private static void awaitEchoes(IdleKernel kernel, int count) {
        long sent = kernel.bytesSent();
        kernel.arriveFrames(count);
        assertTrue(kernel.awaitSent(sent + (long) count * FRAME_BYTES, LIMIT_NANOS), "echoes in time");
    }

    private static long allocatedByEchoes(IdleKernel kernel) {
        AllocatedBytes allocated = AllocatedBytes.ofThreads("iocp4j-");
        // The workers, and the timer once a send has been pending.
        assertTrue(allocated.threads() >= WORKERS, () -> allocated.threads() + " threads");
        awaitEchoes(kernel, OPERATIONS);
        return allocated.sinceThen();
    }

    private static void assertNothing(long bytes) {
        assertTrue(bytes < MOST_BYTES, () -> bytes + " bytes were allocated by " + OPERATIONS + " operations");
    }
}
