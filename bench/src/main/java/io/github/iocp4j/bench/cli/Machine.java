package io.github.iocp4j.bench.cli;

import io.github.iocp4j.internal.win32.LinkedNtdll;
import io.github.iocp4j.internal.win32.Ntdll;

/// What this machine is, in words.
public final class Machine {
    private Machine() {}

    /// Whether there are completion ports at all.
    public static boolean isWindows() {
        return System.getProperty("os.name", "").startsWith("Windows");
    }

    /// Whether native calls are allowed, by `--enable-native-access` or the jar's manifest.
    public static boolean isNativeAccessEnabled() {
        return Ntdll.class.getModule().isNativeAccessEnabled();
    }

    /// The operating system and its version; under Wine also that of Wine.
    public static String system() {
        if (!isWindows() || !isNativeAccessEnabled()) {
            return System.getProperty("os.name") + " " + System.getProperty("os.version");
        }
        Ntdll ntdll = new LinkedNtdll();
        String wine = ntdll.wine_get_version();
        String windows = "Windows " + ntdll.RtlGetVersion();
        return wine.isEmpty() ? windows : "Wine " + wine + " (as " + windows + ")";
    }

    /// Whether Windows is played by Wine.
    public static boolean isWine() {
        return isWindows()
                && isNativeAccessEnabled()
                && !new LinkedNtdll().wine_get_version().isEmpty();
    }

    /// The Java runtime and its version.
    public static String java() {
        return "Java " + Runtime.version() + " (" + System.getProperty("java.vendor") + ")";
    }
}
