package io.github.iocp4j.error;

import io.github.iocp4j.internal.win32.Kernel32;
import io.github.iocp4j.internal.win32.LinkedKernel32;

/// The texts of the system's message tables, where there is such a system.
final class SystemText {
    private static final boolean AVAILABLE = System.getProperty("os.name", "").startsWith("Windows")
            && SystemText.class.getModule().isNativeAccessEnabled();

    private SystemText() {}

    static String of(int code) {
        return AVAILABLE ? Linked.KERNEL32.FormatMessageW(code) : "";
    }

    private static final class Linked {
        static final Kernel32 KERNEL32 = new LinkedKernel32();
    }
}
