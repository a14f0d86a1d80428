package io.github.iocp4j.internal.option;

import java.time.Duration;

/// Refuses values of options that are out of their ranges, by an IllegalArgumentException that names the option,
/// the value and the range.
public final class Ranges {
    private static final Duration SHORTEST = Duration.ofMillis(1);
    private static final Duration LONGEST = Duration.ofDays(365);

    private Ranges() {}

    /// Requires a number from `least` to `most`.
    public static void require(String name, long value, long least, long most) {
        if (value < least || value > most) {
            throw new IllegalArgumentException(name + "=" + value + ": must be " + least + " to " + most);
        }
    }

    /// Requires a power of two.
    public static void requirePowerOfTwo(String name, int value) {
        if (Integer.bitCount(value) != 1) {
            throw new IllegalArgumentException(name + "=" + value + ": must be a power of two");
        }
    }

    /// Requires a time from a millisecond to a year.
    public static void requireTime(String name, Duration value) {
        if (!isInRange(value)) {
            throw new IllegalArgumentException(name + "=" + value + ": must be 1 ms to 365 days");
        }
    }

    /// Requires a time from a millisecond to a year, or none.
    public static void requireTimeOrNone(String name, Duration value) {
        if (!value.isZero() && !isInRange(value)) {
            throw new IllegalArgumentException(name + "=" + value + ": must be 0 (none), or 1 ms to 365 days");
        }
    }

    private static boolean isInRange(Duration value) {
        return value.compareTo(SHORTEST) >= 0 && value.compareTo(LONGEST) <= 0;
    }
}
