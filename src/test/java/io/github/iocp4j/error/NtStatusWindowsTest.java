package io.github.iocp4j.error;

import static org.junit.jupiter.api.Assertions.assertAll;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.SymbolLookup;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.util.Arrays;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;

class NtStatusWindowsTest {
    private final MethodHandle system = Linker.nativeLinker()
            .downcallHandle(
                    SymbolLookup.libraryLookup("ntdll", Arena.global()).findOrThrow("RtlNtStatusToDosError"),
                    FunctionDescriptor.of(ValueLayout.JAVA_INT, ValueLayout.JAVA_INT));

    @Test
    void everyErrorOfAFileIsTranslatedAsTheSystemDoes() {
        Stream<Executable> checks = Arrays.stream(NtStatus.statuses())
                // The system has no success but 0.
                .filter(status -> status < 0)
                .mapToObj(status -> () -> assertEquals(
                        (int) system.invokeExact(status),
                        NtStatus.toWin32Error(status),
                        () -> NtStatus.symbol(status)));
        assertAll(checks);
    }
}
