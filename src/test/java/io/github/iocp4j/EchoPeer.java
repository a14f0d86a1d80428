package io.github.iocp4j;

import io.github.iocp4j.testing.Peer;
import io.github.iocp4j.testing.TestKernel;
import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.time.Duration;
import java.util.Arrays;
import java.util.Random;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BooleanSupplier;

/// A peer that writes frames in pieces of any size, and compares every byte that comes back.
///
/// One thread writes and another one reads. Nobody keeps what was written: the reader makes the same stream once
/// more.
final class EchoPeer {
    private static final int UNKNOWN = Integer.MAX_VALUE;
    private static final Duration SLOWNESS = Duration.ofMillis(1);

    private final TestKernel kernel;
    private final Peer peer;
    private final Random random;
    private final FrameStream outgoing;
    private final FrameStream expected;
    private final byte[] arrived;
    private byte[] frame;
    private int position;
    private int framesRead;
    private long bytesRead;

    /// How many frames have been made to be written. The next writer begins where this one ends.
    private final AtomicInteger framesMade = new AtomicInteger();

    /// How many frames will have been written when the exchange is over.
    private volatile int framesToRead;

    private volatile boolean hurried;
    private volatile boolean busy;

    EchoPeer(TestKernel kernel, Peer peer, int maxFrameBytes, int bufferBytes) {
        this.kernel = kernel;
        this.peer = peer;
        random = kernel.random();
        long seed = random.nextLong();
        outgoing = new FrameStream(seed, maxFrameBytes, bufferBytes);
        expected = new FrameStream(seed, maxFrameBytes, bufferBytes);
        arrived = new byte[2 * maxFrameBytes];
        frame = expected.next();
    }

    /// Begins to write so many frames and to read them back.
    void exchange(int frames) {
        busy = true;
        framesToRead = framesMade.get() + frames;
        kernel.fork("writer of " + name(), () -> {
            while (framesMade.get() < framesToRead) {
                write(Math.min(framesToRead - framesMade.get(), 1 + random.nextInt(4)));
            }
        });
        kernel.fork("reader of " + name(), this::readAll);
    }

    /// Begins to write frame after frame, and to read a little from time to time, until `enough`; then reads on as
    /// fast as it can to the end of what was written.
    void exchangeSlowly(BooleanSupplier enough) {
        busy = true;
        hurried = false;
        framesToRead = UNKNOWN;
        kernel.fork("writer of " + name(), () -> {
            while (!hurried) {
                write(1 + random.nextInt(4));
            }
            // The reader, which may wait for more, has to see the end before the last frame.
            framesToRead = framesMade.get() + 1;
            write(1);
        });
        kernel.fork("slow reader of " + name(), () -> {
            while (!enough.getAsBoolean()) {
                readSome(1 + random.nextInt(arrived.length / 8));
                kernel.pause(SLOWNESS);
            }
            hurried = true;
            readAll();
        });
    }

    /// Whether an exchange goes on.
    boolean isBusy() {
        return busy;
    }

    /// How many frames have come back, whole and right, headers included.
    int framesRead() {
        return framesRead;
    }

    long bytesRead() {
        return bytesRead;
    }

    /// Begins to end the stream, and to wait for the end of the other one, with nothing before it.
    void end() {
        kernel.fork("end of " + name(), () -> {
            peer.shutdownOutput();
            int count = peer.read(arrived);
            if (count >= 0) {
                throw new AssertionError(count + " bytes too many came back to " + name());
            }
            peer.close();
        });
    }

    private void write(int frames) throws IOException {
        ByteArrayOutputStream coalesced = new ByteArrayOutputStream();
        for (int i = 0; i < frames; i++) {
            coalesced.writeBytes(outgoing.next());
        }
        framesMade.addAndGet(frames);
        byte[] bytes = coalesced.toByteArray();
        for (int done = 0; done < bytes.length; ) {
            int most = random.nextInt(4) == 0 ? Math.min(8, bytes.length - done) : bytes.length - done;
            int count = 1 + random.nextInt(most);
            peer.write(bytes, done, count);
            done += count;
        }
    }

    private void readAll() throws IOException {
        while (framesRead < framesToRead) {
            readSome(1 + random.nextInt(arrived.length));
        }
        busy = false;
    }

    private void readSome(int most) throws IOException {
        int count = peer.read(arrived, 0, most);
        if (count < 0) {
            throw new EOFException("the stream of " + name() + " ended after " + framesRead + " frames");
        }
        bytesRead += count;
        for (int done = 0; done < count; ) {
            int part = Math.min(count - done, frame.length - position);
            int wrong = Arrays.mismatch(frame, position, position + part, arrived, done, done + part);
            if (wrong >= 0) {
                throw new AssertionError("byte " + (position + wrong) + " of frame " + framesRead + " of " + name()
                        + ", which has " + frame.length + " bytes with its header, is wrong");
            }
            done += part;
            position += part;
            if (position == frame.length) {
                framesRead++;
                frame = expected.next();
                position = 0;
            }
        }
    }

    private String name() {
        return "peer " + peer.localAddress().getPort();
    }
}
