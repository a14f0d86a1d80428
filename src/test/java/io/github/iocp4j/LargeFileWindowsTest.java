package io.github.iocp4j;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;

import io.github.iocp4j.testing.WindowsTestKernel;
import io.github.iocp4j.transfer.TransferOptions;
import io.github.iocp4j.transfer.TransferOutcome.Kind;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// A file whose size has no room in 32 bits, nor its offsets. It is sparse, but for a few marks; what is received
/// takes all of its size on the disk.
@Tag("long")
@Timeout(3600)
class LargeFileWindowsTest {
    private static final long SIZE = (4L << 30) + (300L << 20) + 7;
    private static final Duration LIMIT = Duration.ofMinutes(25);

    /// Around where an offset of 32 bits, signed and not, would begin again, and at both ends.
    private static final List<Long> MARKS = List.of(0L, (2L << 30) - 4, (4L << 30) - 4, (4L << 30) + 8, SIZE - 8);

    @ParameterizedTest
    @ValueSource(ints = {TransferOptions.AUTOMATIC, TransferOptions.NEVER})
    void fileAbove4GiBArrives(int transmits) {
        Stand.run(new WindowsTestKernel(1), Variation.FEW.get(0), stand -> {
            FilePair pair = FilePair.start(stand, TransferOptions.DEFAULT.withTransmits(transmits));
            Path file = stand.kernel().files().create("file", new byte[0]);
            stand.kernel().files().resize(file, SIZE);
            mark(file);
            assertNotNull(pair.near().sendFile(file));
            stand.kernel().await("its end", LIMIT, () -> pair.receiver().ends().size() == 1);
            pair.await(1);
            assertEquals(List.of(Kind.COMPLETED), pair.sender().kinds());
            assertEquals(List.of(Kind.COMPLETED), pair.receiver().kinds());
            Path received = pair.receiver().accepted().get(0).path();
            assertEquals(-1, Files.mismatch(file, received));
            stand.kernel().files().delete(received);
        });
    }

    private static void mark(Path file) throws IOException {
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
            for (long place : MARKS) {
                ByteBuffer mark = ByteBuffer.allocate(Long.BYTES).putLong(0, ~place);
                assertEquals(Long.BYTES, channel.write(mark, place));
            }
        }
    }
}
