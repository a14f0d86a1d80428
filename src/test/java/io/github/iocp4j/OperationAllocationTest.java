package io.github.iocp4j;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.iocp4j.port.CompletionPort;
import io.github.iocp4j.port.TestPorts;
import io.github.iocp4j.testing.AllocatedBytes;
import io.github.iocp4j.testing.idle.IdleHost;
import io.github.iocp4j.testing.idle.IdleKernel;
import io.github.iocp4j.testing.idle.IdleKernel.Completion;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class OperationAllocationTest {
    private static final int WARM_UP = Integer.getInteger("warmup", 100_000);
    private static final int OPERATIONS = Integer.getInteger("operations", 1_000_000);
    private static final int PAYLOAD_BYTES = 60;
    private static final long MOST_BYTES = 1024;

    static Stream<Arguments> modes() {
        return Stream.of(ReadMode.values())
                .flatMap(mode -> Stream.of(Dispatch.values())
                        .flatMap(dispatch -> Stream.of(Completion.values())
                                .map(completion -> Arguments.of(mode, dispatch, completion))));
    }

    @ParameterizedTest
    @MethodSource("modes")
    void echoesAllocateNothing(ReadMode readMode, Dispatch dispatch, Completion completion) throws Exception {
        IdleKernel kernel = new IdleKernel(completion, PAYLOAD_BYTES);
        EndpointOptions options = EndpointOptions.server(new InetSocketAddress(InetAddress.ofLiteral("127.0.0.1"), 0))
                .ioWorkers(2)
                .maxConnections(4)
                .pendingAccepts(4)
                .readMode(readMode)
                .dispatch(dispatch)
                .build();
        CompletionPort port = TestPorts.open(new IdleHost(kernel), 0, options.operations());
        EndpointHandler echo = new EndpointHandler() {
            @Override
            public void frameReceived(Connection connection, Frame frame) {
                connection.send(frame);
            }
        };
        kernel.arrivePeers(2);
        try (IocpEndpoint endpoint = IocpEndpoint.start(options, echo, port)) {
            echo(kernel, WARM_UP);
            AllocatedBytes allocated = AllocatedBytes.ofThreads("iocp4j-");
            echo(kernel, OPERATIONS);
            long bytes = allocated.sinceThen();
            System.err.println("BYTES " + bytes + " " + readMode + dispatch + completion);
            assertEquals(2, endpoint.connectionCount());
            assertTrue(bytes < MOST_BYTES, () -> bytes + " bytes were allocated");
        }
    }

    private static void echo(IdleKernel kernel, int count) {
        long sent = kernel.bytesSent();
        kernel.arriveFrames(count);
        assertTrue(kernel.awaitSent(sent + count * (4L + PAYLOAD_BYTES), TimeUnit.SECONDS.toNanos(10)));
    }
}
