package io.github.iocp4j.bench.cli;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SymbolLookup;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;

/// Whether the standard streams are a console. [System#console] takes the NUL device for one on Windows: somebody who
/// sends the output there would still get a progress bar on standard error.
final class WindowsConsole {
    private static final int STD_OUTPUT_HANDLE = -11;
    private static final int STD_ERROR_HANDLE = -12;

    private WindowsConsole() {}

    /// Whether both output streams are. On Windows, with native access, only.
    @SuppressWarnings("restricted")
    static boolean isShown() {
        SymbolLookup dll = SymbolLookup.libraryLookup("kernel32", Arena.global());
        Linker linker = Linker.nativeLinker();
        // HANDLE GetStdHandle(DWORD nStdHandle)
        MethodHandle getStdHandle = linker.downcallHandle(
                dll.findOrThrow("GetStdHandle"), FunctionDescriptor.of(ValueLayout.JAVA_LONG, ValueLayout.JAVA_INT));
        // BOOL GetConsoleMode(HANDLE hConsoleHandle, LPDWORD lpMode): FALSE for what is no console
        MethodHandle getConsoleMode = linker.downcallHandle(
                dll.findOrThrow("GetConsoleMode"),
                FunctionDescriptor.of(ValueLayout.JAVA_INT, ValueLayout.JAVA_LONG, ValueLayout.ADDRESS));
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment mode = arena.allocate(ValueLayout.JAVA_INT);
            for (int stream : new int[] {STD_OUTPUT_HANDLE, STD_ERROR_HANDLE}) {
                long handle = (long) getStdHandle.invokeExact(stream);
                if ((int) getConsoleMode.invokeExact(handle, mode) == 0) {
                    return false;
                }
            }
            return true;
        } catch (Throwable e) {
            throw new AssertionError("neither call throws", e);
        }
    }
}
