package io.github.iocp4j;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.iocp4j.testing.AllocatedBytes;
import io.github.iocp4j.testing.TestKernel;
import io.github.iocp4j.testing.WindowsTestKernel;
import io.github.iocp4j.transfer.FileTransfer;
import io.github.iocp4j.transfer.TransferOptions;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// What files on their way allocate on the Java heap, by the I/O workers of both sides. A file worker allocates a
/// node of the JDK's each time that it goes to sleep, and else nothing either.
@Timeout(300)
class FileAllocationWindowsTest {
    private static final String THREADS = "iocp4j-io-";
    private static final int BUFFER_BYTES = 4096;
    private static final long FILE_BYTES = 32L << 20;

    /// The JDK makes a small object in each downcall that C2 has not compiled yet, and a file has 512 for TransmitFile.
    private static final int MOST_ROUNDS = 60;

    private static final long MOST_BYTES = 1024;
    private static final Duration LIMIT = Duration.ofSeconds(100);

    @ParameterizedTest
    @ValueSource(ints = {TransferOptions.AUTOMATIC, TransferOptions.NEVER})
    void partsOfFilesAllocateNothing(int transmits) {
        TestKernel kernel = new WindowsTestKernel(1);
        kernel.run(() -> {
            TransferOptions transfer = TransferOptions.DEFAULT
                    .withChunkBytes(64 << 10)
                    .withBuffers(BUFFER_BYTES, 16 * BUFFER_BYTES)
                    .withTransmits(transmits);
            Path file = kernel.files().create("file", new byte[0]);
            kernel.files().resize(file, FILE_BYTES);
            SendingHandler sender = new SendingHandler(kernel);
            InetSocketAddress address = new InetSocketAddress(InetAddress.ofLiteral("127.0.0.1"), 0);
            try (IocpEndpoint server = IocpEndpoint.start(
                            EndpointOptions.server(address)
                                    .fileTransfer(transfer)
                                    .build(),
                            new FileHandler(kernel.files().folder()));
                    IocpEndpoint client = IocpEndpoint.start(
                            EndpointOptions.client().fileTransfer(transfer).build(), sender)) {
                assertTrue(client.connect(server.localAddress(), null));
                long bytes = Long.MAX_VALUE;
                for (int round = 1; round <= MOST_ROUNDS && bytes >= MOST_BYTES; round++) {
                    bytes = sender.allocatedByFile(file, round);
                }
                long last = bytes;
                assertTrue(last < MOST_BYTES, () -> last + " bytes were allocated by half of a file");
                assertEquals(
                        transmits != TransferOptions.NEVER,
                        client.counters().files().transmits() > 0);
            }
        });
    }

    private static final class SendingHandler extends FileHandler {
        private final TestKernel kernel;
        private final AtomicReference<@Nullable Connection> connection = new AtomicReference<>();

        SendingHandler(TestKernel kernel) {
            super(kernel.files().folder());
            this.kernel = kernel;
        }

        @Override
        public void connected(Connection fresh) {
            connection.set(fresh);
        }

        /// Sends a file.
        ///
        /// @return what was allocated between its first quarter and its third
        long allocatedByFile(Path file, int round) {
            kernel.await("the connection", LIMIT, () -> connection.get() != null);
            FileTransfer sent = Objects.requireNonNull(
                    Objects.requireNonNull(connection.get()).sendFile(file));
            kernel.await("its first quarter", LIMIT, () -> sent.transferredBytes() > FILE_BYTES / 4);
            AllocatedBytes allocated = AllocatedBytes.ofThreads(THREADS);
            kernel.await("its third quarter", LIMIT, () -> sent.transferredBytes() > FILE_BYTES / 4 * 3);
            long bytes = allocated.sinceThen();
            kernel.await("its end", LIMIT, () -> ends().size() == round);
            return bytes;
        }
    }
}
