package io.github.iocp4j.simulation;

import io.github.iocp4j.simulation.SimulatedMemory.Region;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// An overlapped operation, from its submission until its packet was dequeued: what the kernel owns meanwhile, and
/// what that must look like when the kernel looks at it again.
final class Operation {
    static final int OVERLAPPED_BYTES = 32;
    static final byte PATTERN = (byte) 0xA5;

    private static final byte[] PATTERN_BYTES = patternBytes();
    private static final int FILE_OFFSET = 16;
    private static final int EVENT_OFFSET = 24;

    enum Kind {
        RECEIVE,
        SEND,
        TRANSMIT,
        ACCEPT,
        CONNECT
    }

    final Kind kind;
    final long number;
    final SimulatedSocket socket;
    final Region overlapped;
    final List<Region> regions;
    int length;

    /// The socket that an accept is for.
    @Nullable
    SimulatedSocket acceptSocket;

    /// The length of the first part of its address buffer, in bytes.
    int localAddressLength;

    /// What TransmitFile sends of; its length is that of the part, which is no memory of the process.
    @Nullable
    OpenFile file;

    /// For how much data an accept has room, before its addresses.
    int receiveLength;

    /// How many bytes of a send have left.
    int moved;

    /// How many pages it keeps in memory.
    int lockedPages;

    boolean cancelled;
    private byte[] content = {};
    private final long[] image = new long[OVERLAPPED_BYTES / Long.BYTES];

    Operation(Kind kind, long number, SimulatedSocket socket, Region overlapped, List<Region> regions) {
        this.kind = kind;
        this.number = number;
        this.socket = socket;
        this.overlapped = overlapped;
        this.regions = regions;
        length = regions.stream().mapToInt(each -> (int) each.length()).sum();
    }

    long address() {
        return overlapped.segment().address();
    }

    boolean hasEvent() {
        return overlapped.segment().get(ValueLayout.JAVA_LONG, EVENT_OFFSET) != 0;
    }

    /// Where in its file it begins.
    long fileOffset() {
        return overlapped.segment().get(ValueLayout.JAVA_LONG, FILE_OFFSET);
    }

    /// The data of a send, as it was at the submission.
    byte[] content() {
        return content;
    }

    /// The kernel takes the memory over. What a send is to carry is noted; what it will write is filled with a
    /// pattern.
    void own(boolean beyondTheCall) {
        if (kind == Kind.SEND) {
            content = read();
        } else if (beyondTheCall) {
            regions.forEach(each -> each.segment().fill(PATTERN));
        }
        stamp(Status.PENDING, 0);
    }

    /// The kernel writes to the data, from its beginning on.
    void write(byte[] bytes) {
        content = bytes;
        int done = 0;
        for (Region region : regions) {
            int count = (int) Math.min(region.length(), bytes.length - done);
            MemorySegment.copy(bytes, done, region.segment(), ValueLayout.JAVA_BYTE, 0, count);
            done += count;
        }
    }

    /// The kernel writes status and count to the OVERLAPPED.
    void stamp(int status, int bytes) {
        MemorySegment segment = overlapped.segment();
        segment.set(ValueLayout.JAVA_LONG, 0, Integer.toUnsignedLong(status));
        segment.set(ValueLayout.JAVA_LONG, Long.BYTES, bytes);
        for (int i = 0; i < image.length; i++) {
            image[i] = segment.get(ValueLayout.JAVA_LONG, (long) i * Long.BYTES);
        }
    }

    /// What of the memory is not as the kernel left it, or `null`.
    @Nullable
    String damage() {
        MemorySegment segment = overlapped.segment();
        for (int i = 0; i < image.length; i++) {
            if (segment.get(ValueLayout.JAVA_LONG, (long) i * Long.BYTES) != image[i]) {
                return "its OVERLAPPED was changed at byte " + i * Long.BYTES;
            }
        }
        int done = 0;
        for (Region region : regions) {
            long at = mismatch(region, done);
            if (at >= 0) {
                return "its data was changed at byte " + (done + at);
            }
            done += (int) region.length();
        }
        return null;
    }

    private long mismatch(Region region, int skipped) {
        MemorySegment segment = region.segment();
        int known = (int) Math.clamp((long) content.length - skipped, 0, region.length());
        long at = known == 0
                ? -1
                : MemorySegment.mismatch(
                        segment, 0, known, MemorySegment.ofArray(content), skipped, skipped + (long) known);
        for (long from = known; at < 0 && from < region.length(); from += PATTERN_BYTES.length) {
            long count = Math.min(PATTERN_BYTES.length, region.length() - from);
            at = MemorySegment.mismatch(segment, from, from + count, MemorySegment.ofArray(PATTERN_BYTES), 0, count);
            at = at < 0 ? at : from + at;
        }
        return at;
    }

    private byte[] read() {
        byte[] bytes = new byte[length];
        int done = 0;
        for (Region region : regions) {
            MemorySegment.copy(region.segment(), ValueLayout.JAVA_BYTE, 0, bytes, done, (int) region.length());
            done += (int) region.length();
        }
        return bytes;
    }

    private static byte[] patternBytes() {
        byte[] bytes = new byte[4096];
        Arrays.fill(bytes, PATTERN);
        return bytes;
    }

    @Override
    public String toString() {
        return kind + " number " + number + " (" + length + " bytes) of socket " + socket.handle;
    }
}
