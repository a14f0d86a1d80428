package io.github.iocp4j.bench.cli;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SymbolLookup;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;

/// The CPU time of this process. Java's beans only know that of user and kernel together.
public final class ProcessTimes {
    private static final long CURRENT_PROCESS = -1;

    /// A FILETIME counts 100 ns.
    private static final int NANOS_PER_TICK = 100;

    private ProcessTimes() {}

    /// The time in user mode of all threads of this process until now, in nanoseconds. On Windows, with native
    /// access, only.
    @SuppressWarnings("restricted")
    public static long userNanos() {
        SymbolLookup dll = SymbolLookup.libraryLookup("kernel32", Arena.global());
        // BOOL GetProcessTimes(HANDLE hProcess, LPFILETIME lpCreationTime, LPFILETIME lpExitTime,
        //                      LPFILETIME lpKernelTime, LPFILETIME lpUserTime): FALSE when it fails
        MethodHandle getProcessTimes = Linker.nativeLinker()
                .downcallHandle(
                        dll.findOrThrow("GetProcessTimes"),
                        FunctionDescriptor.of(
                                ValueLayout.JAVA_INT,
                                ValueLayout.JAVA_LONG,
                                ValueLayout.ADDRESS,
                                ValueLayout.ADDRESS,
                                ValueLayout.ADDRESS,
                                ValueLayout.ADDRESS));
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment unused = arena.allocate(ValueLayout.JAVA_LONG);
            MemorySegment user = arena.allocate(ValueLayout.JAVA_LONG);
            int done = (int) getProcessTimes.invokeExact(CURRENT_PROCESS, unused, unused, unused, user);
            if (done == 0) {
                throw new AssertionError("GetProcessTimes of the own process does not fail");
            }
            return user.get(ValueLayout.JAVA_LONG, 0) * NANOS_PER_TICK;
        } catch (Throwable e) {
            throw new AssertionError("the call does not throw", e);
        }
    }
}
