package io.github.iocp4j.bench.cli;

import io.github.iocp4j.Dispatch;
import io.github.iocp4j.ReadMode;
import java.util.Arrays;
import java.util.Locale;
import java.util.stream.Collectors;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/// Reads a constant as users write it: `zero-byte` for ZERO_BYTE.
public abstract sealed class Choice<E extends Enum<E>> implements ITypeConverter<E> {
    private final E[] constants;

    private Choice(Class<E> type) {
        constants = type.getEnumConstants();
    }

    @Override
    public E convert(String text) {
        return Arrays.stream(constants)
                .filter(constant -> name(constant).equals(text))
                .findFirst()
                .orElseThrow(() -> new TypeConversionException("expected one of "
                        + Arrays.stream(constants).map(Choice::name).collect(Collectors.joining(", ")) + " but was '"
                        + text + "'"));
    }

    private static String name(Enum<?> constant) {
        return constant.name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    /// `zero-byte` or `pending`.
    public static final class OfReadMode extends Choice<ReadMode> {
        OfReadMode() {
            super(ReadMode.class);
        }
    }

    /// `posted` or `auto`.
    public static final class OfDispatch extends Choice<Dispatch> {
        OfDispatch() {
            super(Dispatch.class);
        }
    }
}
