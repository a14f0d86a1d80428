package io.github.iocp4j.bench.traffic;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;

/// Payloads that can be made again: every byte follows from a seed, a sequence number and its place, so that a
/// lost, repeated, moved or damaged frame is seen. The first byte is 128 or more, so that no endpoint with file
/// transfer takes a frame of them for one of its own.
public final class Patterns {
    private static final VarHandle LONGS = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);
    private static final long GOLDEN_GAMMA = 0x9e3779b97f4a7c15L;
    private static final long FIRST_BYTE_BIT = 0x80;

    private Patterns() {}

    /// Writes the payload number `sequence` of `seed` to `target`.
    public static void fill(byte[] target, int offset, int length, long seed, long sequence) {
        long state = start(seed, sequence);
        long mark = FIRST_BYTE_BIT;
        int i = 0;
        for (; i + Long.BYTES <= length; i += Long.BYTES) {
            state += GOLDEN_GAMMA;
            LONGS.set(target, offset + i, mix(state) | mark);
            mark = 0;
        }
        long last = mix(state + GOLDEN_GAMMA) | mark;
        for (; i < length; i++, last >>>= Byte.SIZE) {
            target[offset + i] = (byte) last;
        }
    }

    /// Whether `actual` is the payload number `sequence` of `seed`.
    public static boolean matches(byte[] actual, int offset, int length, long seed, long sequence) {
        long state = start(seed, sequence);
        long mark = FIRST_BYTE_BIT;
        int i = 0;
        for (; i + Long.BYTES <= length; i += Long.BYTES) {
            state += GOLDEN_GAMMA;
            if ((long) LONGS.get(actual, offset + i) != (mix(state) | mark)) {
                return false;
            }
            mark = 0;
        }
        long last = mix(state + GOLDEN_GAMMA) | mark;
        for (; i < length; i++, last >>>= Byte.SIZE) {
            if (actual[offset + i] != (byte) last) {
                return false;
            }
        }
        return true;
    }

    private static long start(long seed, long sequence) {
        return mix(seed + mix(sequence + GOLDEN_GAMMA));
    }

    /// The output function of SplitMix64.
    private static long mix(long state) {
        long z = (state ^ (state >>> 30)) * 0xbf58476d1ce4e5b9L;
        z = (z ^ (z >>> 27)) * 0x94d049bb133111ebL;
        return z ^ (z >>> 31);
    }
}
