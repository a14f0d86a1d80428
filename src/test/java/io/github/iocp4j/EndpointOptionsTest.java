package io.github.iocp4j;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.iocp4j.frame.FrameDecoder;
import io.github.iocp4j.frame.Framing;
import io.github.iocp4j.job.JobOptions;
import io.github.iocp4j.net.TcpOptions;
import java.lang.foreign.MemorySegment;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class EndpointOptionsTest {
    private static Arguments bad(String names, UnaryOperator<EndpointOptions.Builder> change) {
        return Arguments.of(names, change);
    }

    static Stream<Arguments> badValues() {
        return Stream.of(
                bad("maxConnections=0: must be 1 to", b -> b.maxConnections(0)),
                bad("ioWorkers=65: must be 1 to 64", b -> b.ioWorkers(65)),
                bad("batch=0", b -> b.batch(0)),
                bad("backlog=0", b -> b.backlog(0)),
                bad("pendingAccepts=0", b -> b.pendingAccepts(0)),
                bad("pendingReads=65: must be 1 to 64", b -> b.pendingReads(65)),
                bad("bufferBytes=128", b -> b.bufferBytes(128)),
                bad("bufferBytes=300: must be a power of two", b -> b.bufferBytes(300)),
                bad("maxFrameBytes=0", b -> b.maxFrameBytes(0)),
                bad(
                        "maxFrameBytes=70000: must be 1 to 65535",
                        b -> b.maxFrameBytes(70_000).framing(new ShortPrefixed())),
                bad("framing.maxHeaderBytes=65: must be 0 to 64", b -> b.framing(new Sized(65, 1))),
                bad("framing.maxHeaderBytes=-1: must be 0 to 64", b -> b.framing(new Sized(-1, 1))),
                bad("framing.maxPayloadBytes=0: must be 1 to", b -> b.framing(new Sized(0, 0))),
                bad("sendHighMarkBytes=-1", b -> b.sendHighMarkBytes(-1)),
                bad(
                        "sendLimitBytes=5000",
                        b -> b.sendHighMarkBytes(1000).maxFrameBytes(4096).sendLimitBytes(5000)),
                bad("sendBudgetBytes=1", b -> b.sendBudgetBytes(1)),
                bad("assemblyBudgetBytes=1", b -> b.assemblyBudgetBytes(1)),
                bad("keepFreeBuffers=-1", b -> b.keepFreeBuffers(-1)),
                bad("keepFreeContexts=-1", b -> b.keepFreeContexts(-1)),
                bad("keepAliveIdleSeconds=0: must be 1 to", b -> b.keepAlive(0, 1, 1)),
                bad("sendBufferBytes=-7: must be 0 to", b -> b.socketSendBufferBytes(-7)),
                bad("receiveBufferBytes=0: must be 1 to", b -> b.socketReceiveBufferBytes(0)),
                bad("lockedPages=15", b -> b.lockedPages(15)),
                bad("idleTimeout=PT-1S: must be 0 (none), or 1 ms to", b -> b.idleTimeout(Duration.ofSeconds(-1))),
                bad("writeStallTimeout=PT0.000000001S", b -> b.writeStallTimeout(Duration.ofNanos(1))),
                bad("frameTimeout=PT8784H", b -> b.frameTimeout(Duration.ofDays(366))),
                bad("closeTimeout=PT0S: must be 1 ms to 365 days", b -> b.closeTimeout(Duration.ZERO)),
                bad("connectTimeout=PT-0.001S: must be 0 (none), or", b -> b.connectTimeout(Duration.ofMillis(-1))),
                bad("jobWorkers=-1: must be 0 to 1024", b -> b.jobWorkers(-1)),
                bad("jobWorkers=1025: must be 0 to 1024", b -> b.jobWorkers(1025)),
                bad("jobQueue=0: must be 1 to 1048576", b -> b.jobQueue(0)),
                bad("bindRetry in milliseconds=-1", b -> b.bindRetry(Duration.ofMillis(-1))),
                bad("bindRetry in milliseconds=", b -> b.bindRetry(Duration.ofDays(2))));
    }

    @ParameterizedTest
    @MethodSource("badValues")
    void namesTheOptionTheValueAndTheRange(String names, UnaryOperator<EndpointOptions.Builder> change) {
        String message = assertThrows(
                        IllegalArgumentException.class,
                        () -> change.apply(EndpointOptions.client()).build())
                .getMessage();
        assertTrue(message.startsWith(names), message);
    }

    @Test
    void collectsTheOptionsOfSockets() {
        EndpointOptions options = EndpointOptions.client()
                .noDelay(false)
                .keepAlive(30, 5, 3)
                .socketSendBufferBytes(0)
                .socketReceiveBufferBytes(100_000)
                .build();
        assertEquals(new TcpOptions(false, true, 30, 5, 3, 0, 100_000), options.tcp());
        assertEquals(TcpOptions.DEFAULT, EndpointOptions.client().build().tcp());
    }

    @Test
    void refusesAPortThatIsNone() {
        assertThrows(IllegalArgumentException.class, () -> EndpointOptions.server(65536));
    }

    @Test
    void refusesAnUnresolvedAddress() {
        InetSocketAddress unresolved = InetSocketAddress.createUnresolved("nowhere.invalid", 1);
        assertThrows(IllegalArgumentException.class, () -> EndpointOptions.server(unresolved));
    }

    @Test
    void hasTheArticlesDefaults() {
        EndpointOptions options = EndpointOptions.server(9000).build();
        assertEquals(1201, options.maxConnections());
        assertEquals(4, options.pendingReads());
        assertEquals(ReadMode.ZERO_BYTE, options.readMode());
        assertEquals(64 << 10, options.maxFrameBytes());
        assertEquals(new JobOptions(1, 10_000), options.jobs());
    }

    @Test
    void hasNoLargerFramesThanItsFraming() {
        EndpointOptions.Builder builder = EndpointOptions.client().framing(new ShortPrefixed());
        assertEquals(0xFFFF, builder.build().maxFrameBytes());
        assertEquals(100, builder.maxFrameBytes(100).build().maxFrameBytes());
        assertEquals(64 << 10, EndpointOptions.client().build().maxFrameBytes());
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 2, 64})
    void leastSendLimitHasRoomForTheHeader(int headerBytes) {
        EndpointOptions.Builder builder =
                EndpointOptions.client().framing(new Sized(headerBytes, 5000)).sendHighMarkBytes(1000);
        long least = 6000L + headerBytes;
        assertEquals(least, builder.sendLimitBytes(least).build().sendLimitBytes());
        builder.sendLimitBytes(least - 1);
        assertThrows(IllegalArgumentException.class, builder::build);
    }

    @Test
    void takesTheLargestFrameThereIs() {
        EndpointOptions options =
                EndpointOptions.client().maxFrameBytes(Integer.MAX_VALUE).build();
        assertTrue(options.sendLimitBytes() > Integer.MAX_VALUE);
    }

    @Test
    void countsOneOperationForEachThingThatMayBeInFlight() {
        EndpointOptions options = EndpointOptions.server(9000)
                .maxConnections(10)
                .pendingAccepts(3)
                .readMode(ReadMode.PENDING)
                .pendingReads(4)
                .build();
        assertEquals(10 * (4 + 1 + 2 + 1) + 3, options.operations());
    }

    /// A framing of which only the numbers matter.
    private record Sized(int maxHeaderBytes, int maxPayloadBytes) implements Framing {
        @Override
        public FrameDecoder newDecoder() {
            return Framing.raw().newDecoder();
        }

        @Override
        public int encodeHeader(int payloadBytes, MemorySegment header) {
            return 0;
        }
    }
}
