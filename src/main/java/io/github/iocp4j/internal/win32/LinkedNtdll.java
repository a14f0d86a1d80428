package io.github.iocp4j.internal.win32;

import io.github.iocp4j.internal.bindings.LPFN_WINE_GET_VERSION;
import io.github.iocp4j.internal.bindings.OSVERSIONINFOEXW;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SymbolLookup;
import java.util.Optional;

/// The calls of `ntdll.dll` by the Foreign Function & Memory API. The class can be initialised on Windows only.
///
/// Linked at each call: they are made once a process, if at all.
public final class LinkedNtdll implements Ntdll {
    private static final SymbolLookup DLL = SymbolLookup.libraryLookup("ntdll", Arena.global());

    private static final MemorySegment VERSION = OSVERSIONINFOEXW.allocate(Arena.global());

    /// Returns an NTSTATUS; there is no failure that a valid structure could meet.
    @Override
    public String RtlGetVersion() {
        synchronized (VERSION) {
            readVersion();
            return OSVERSIONINFOEXW.dwMajorVersion(VERSION)
                    + "." + OSVERSIONINFOEXW.dwMinorVersion(VERSION)
                    + "." + OSVERSIONINFOEXW.dwBuildNumber(VERSION);
        }
    }

    @Override
    public boolean isWorkstation() {
        synchronized (VERSION) {
            readVersion();
            return OSVERSIONINFOEXW.wProductType(VERSION) == Win32.VER_NT_WORKSTATION;
        }
    }

    @Override
    public String wine_get_version() {
        Optional<MemorySegment> symbol = DLL.find("wine_get_version");
        if (symbol.isEmpty()) {
            return "";
        }
        var handle = Linkage.linkPlain(symbol.get(), LPFN_WINE_GET_VERSION.Function.class);
        try {
            long text = (long) handle.invokeExact();
            return Linkage.MEMORY.getString(text);
        } catch (Throwable e) {
            throw Linkage.broken(e);
        }
    }

    private static void readVersion() {
        var handle = Linkage.linkPlain(DLL.findOrThrow("RtlGetVersion"), "RtlGetVersion");
        OSVERSIONINFOEXW.dwOSVersionInfoSize(VERSION, (int) OSVERSIONINFOEXW.sizeof());
        try {
            int status = (int) handle.invokeExact(VERSION.address());
            if (status != 0) {
                throw new AssertionError("RtlGetVersion: " + Integer.toHexString(status));
            }
        } catch (Throwable e) {
            throw Linkage.broken(e);
        }
    }
}
