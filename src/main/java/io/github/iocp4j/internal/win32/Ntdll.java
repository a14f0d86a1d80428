package io.github.iocp4j.internal.win32;

/// The calls of `ntdll.dll` that tell which system this is. Any thread may call; each call allocates its answer.
public interface Ntdll {
    /// The version of Windows, or the one that Wine stands for: `major.minor.build`.
    String RtlGetVersion();

    /// Whether this is a client edition of Windows, not a server, as RtlGetVersion tells.
    boolean isWorkstation();

    /// The version of Wine, or an empty string on Windows itself.
    String wine_get_version();
}
