package io.github.iocp4j.bench.cli;

import java.util.Locale;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;

/// Refuses numbers that are out of range as wrong arguments, by the option's name.
public final class Ranges {
    private Ranges() {}

    /// Refuses a value out of its range.
    ///
    /// @throws ParameterException when `value` is below `least` or above `most`
    public static void require(CommandSpec spec, String option, long value, long least, long most) {
        if (value < least || value > most) {
            String range = String.format(Locale.ROOT, "%,d to %,d", least, most);
            throw new ParameterException(
                    spec.commandLine(), "Invalid value for option '" + option + "': " + value + " is not " + range);
        }
    }
}
