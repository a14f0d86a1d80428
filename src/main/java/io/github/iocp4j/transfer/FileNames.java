package io.github.iocp4j.transfer;

import java.util.Locale;
import java.util.Set;

/// Names of files that came from somebody else.
///
/// A peer's name for a file is only a name. What Windows would take for a path, a drive, a stream of a file or a
/// device, or would silently change to another name, is none.
public final class FileNames {
    /// The most UTF-16 units of a name on NTFS.
    private static final int MOST_LENGTH = 255;

    private static final String FORBIDDEN = "\\/:*?\"<>|";

    /// In any case, with any ending, and with blanks before it.
    private static final Set<String> DEVICES = Set.of(
            "CON",
            "PRN",
            "AUX",
            "NUL",
            "CONIN$",
            "CONOUT$",
            "COM0",
            "COM1",
            "COM2",
            "COM3",
            "COM4",
            "COM5",
            "COM6",
            "COM7",
            "COM8",
            "COM9",
            "COM\u00b9",
            "COM\u00b2",
            "COM\u00b3",
            "LPT0",
            "LPT1",
            "LPT2",
            "LPT3",
            "LPT4",
            "LPT5",
            "LPT6",
            "LPT7",
            "LPT8",
            "LPT9",
            "LPT\u00b9",
            "LPT\u00b2",
            "LPT\u00b3");

    private FileNames() {}

    /// Whether `name` is one element of a path and nothing else: at most 255 UTF-16 units, no slash of either
    /// kind, no colon (drives and streams), no wildcard or quote, no control character, not `.` or `..`, no dot
    /// or blank at the end, which Windows would drop, and not the name of a device, such as `con` or `NUL.txt`.
    public static boolean isSafe(String name) {
        if (name.isEmpty() || name.length() > MOST_LENGTH || name.endsWith(".") || name.endsWith(" ")) {
            return false;
        }
        for (int i = 0; i < name.length(); i++) {
            char c = name.charAt(i);
            if (Character.isISOControl(c) || FORBIDDEN.indexOf(c) >= 0) {
                return false;
            }
        }
        int dot = name.indexOf('.');
        String stem = dot < 0 ? name : name.substring(0, dot);
        return !DEVICES.contains(stem.strip().toUpperCase(Locale.ROOT));
    }
}
