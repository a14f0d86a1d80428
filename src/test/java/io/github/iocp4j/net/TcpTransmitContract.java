package io.github.iocp4j.net;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.iocp4j.contract.KernelContract;
import io.github.iocp4j.internal.file.DiskFile;
import io.github.iocp4j.net.TestTransport.Pair;
import io.github.iocp4j.testing.TestKernel;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;

/// TransmitFile, one call at a time.
abstract class TcpTransmitContract extends KernelContract {
    private static final int FILE_BYTES = 60_000;

    TcpTransmitContract(boolean simulated) {
        super(simulated);
    }

    @Test
    void aPartOfAFileArrivesFromItsOffsetOn() {
        check(kernel -> {
            byte[] content = content(kernel);
            Path path = kernel.files().create("part", content);
            try (TestTransport transport = new TestTransport(kernel);
                    DiskFile file = DiskFile.openToRead(kernel.host(), path)) {
                Pair pair = transport.pair();
                TestOperation transmit = transport.operation(1);
                int offset = 12_345;
                int length = 40_000;
                transmit.submit(pair.channel(), each -> pair.channel().transmit(each, file.handle(), offset, length));
                byte[] arrived = pair.peer().readFully(length);
                assertArrayEquals(Arrays.copyOfRange(content, offset, offset + length), arrived);
                assertEquals(0, transmit.await());
                assertEquals(length, transmit.operation().bytesTransferred());
            }
        });
    }

    @Test
    void sendsAndPartsOfAFileArriveInTheirOrder() {
        check(kernel -> {
            byte[] content = content(kernel);
            Path path = kernel.files().create("mixed", content);
            try (TestTransport transport = new TestTransport(kernel);
                    DiskFile file = DiskFile.openToRead(kernel.host(), path)) {
                Pair pair = transport.pair();
                AtomicBoolean over = new AtomicBoolean();
                kernel.fork("sender", () -> {
                    TestOperation operation = transport.operation(1);
                    for (int i = 0; i < 3; i++) {
                        operation.send(pair.channel(), new byte[] {(byte) i});
                        assertEquals(0, operation.await());
                        int offset = i * 20_000;
                        operation.submit(
                                pair.channel(), each -> pair.channel().transmit(each, file.handle(), offset, 20_000));
                        assertEquals(0, operation.await());
                    }
                    over.set(true);
                });
                for (int i = 0; i < 3; i++) {
                    assertArrayEquals(new byte[] {(byte) i}, pair.peer().readFully(1));
                    assertArrayEquals(
                            Arrays.copyOfRange(content, i * 20_000, (i + 1) * 20_000),
                            pair.peer().readFully(20_000));
                }
                // The bytes are there before their packet is.
                transport.await("the sender's last call", over::get);
            }
        });
    }

    /// The OVERLAPPED has all 64 bits of it.
    @Test
    void anOffsetMayLieAbove4GiB() {
        check(kernel -> {
            long size = (5L << 30) + 10;
            Path path = kernel.files().create("sparse", new byte[0]);
            kernel.files().resize(path, size);
            try (TestTransport transport = new TestTransport(kernel);
                    DiskFile file = DiskFile.openToRead(kernel.host(), path)) {
                Pair pair = transport.pair();
                TestOperation transmit = transport.operation(1);
                transmit.submit(pair.channel(), each -> pair.channel().transmit(each, file.handle(), size - 10, 10));
                assertArrayEquals(new byte[10], pair.peer().readFully(10));
                assertEquals(0, transmit.await());
                assertEquals(10, transmit.operation().bytesTransferred());
                // From an offset that has lost its upper half more would come.
                transmit.submit(pair.channel(), each -> pair.channel().transmit(each, file.handle(), size - 10, 20));
                assertArrayEquals(new byte[10], pair.peer().readFully(10));
                int code = transmit.await();
                assertTrue(
                        code != 0 || transmit.operation().bytesTransferred() == 10,
                        () -> code + ", " + transmit.operation().bytesTransferred());
            }
        });
    }

    /// Microsoft does not say which of the two it is.
    @Test
    void aFileThatEndsBeforeIsShortOrFails() {
        check(kernel -> {
            byte[] content = content(kernel);
            Path path = kernel.files().create("short", content);
            try (TestTransport transport = new TestTransport(kernel);
                    DiskFile file = DiskFile.openToRead(kernel.host(), path)) {
                Pair pair = transport.pair();
                TestOperation transmit = transport.operation(1);
                transmit.submit(
                        pair.channel(), each -> pair.channel().transmit(each, file.handle(), 0, FILE_BYTES + 1_000));
                assertArrayEquals(content, pair.peer().readFully(FILE_BYTES));
                int code = transmit.await();
                assertTrue(
                        code != 0 || transmit.operation().bytesTransferred() == FILE_BYTES,
                        () -> code + ", " + transmit.operation().bytesTransferred());
            }
        });
    }

    @Test
    void closingCancelsIt() {
        check(kernel -> {
            Path path = kernel.files().create("large", new byte[4 << 20]);
            try (TestTransport transport = new TestTransport(kernel);
                    DiskFile file = DiskFile.openToRead(kernel.host(), path)) {
                Pair pair = transport.pair();
                TestOperation transmit = transport.operation(1);
                int code = transmit.submit(
                        pair.channel(), each -> pair.channel().transmit(each, file.handle(), 0, 4 << 20));
                assertEquals(TcpChannel.PENDING, code, "nobody reads");
                pair.channel().abort();
                assertNotEquals(0, transmit.await());
                pair.peer().close();
            }
        });
    }

    private static byte[] content(TestKernel kernel) {
        byte[] content = new byte[FILE_BYTES];
        kernel.random().nextBytes(content);
        return content;
    }
}
