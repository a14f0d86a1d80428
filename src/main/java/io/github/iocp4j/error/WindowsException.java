package io.github.iocp4j.error;

import java.io.IOException;

/// A Win32 call that failed: which call, and with what code.
///
/// The message has the call, the symbol and the code, and often a word of advice, always in English:
/// `CreateIoCompletionPort: ERROR_INVALID_PARAMETER (87): the handle has a port already, or was not opened for
/// overlapped I/O`. The text that Windows has for the code, in the language of the system, is [#systemText].
///
/// There is no class for each code; callers compare [#code].
public class WindowsException extends IOException {
    private static final long serialVersionUID = 1;

    /// The function that failed, by its Win32 name.
    private final String call;

    /// What `GetLastError` gave, or for [WinsockException] `WSAGetLastError`.
    private final int code;

    /// The symbol of the code, or an empty string.
    private final String symbol;

    /// Makes the exception for a failed call.
    ///
    /// @param call the function that failed, by its Win32 name
    /// @param code what `GetLastError` gave
    public WindowsException(String call, int code) {
        this(call, code, Win32Errors.symbol(code), "");
    }

    /// Makes the exception for a failed call.
    ///
    /// @param call the function that failed, by its Win32 name
    /// @param code what `GetLastError` gave
    /// @param detail what it failed on, such as a file's name
    public WindowsException(String call, int code, String detail) {
        this(call, code, Win32Errors.symbol(code), detail);
    }

    WindowsException(String call, int code, String symbol, String detail) {
        super(message(call, code, symbol) + (detail.isEmpty() ? "" : " (" + detail + ")"));
        this.call = call;
        this.code = code;
        this.symbol = symbol;
    }

    /// The function that failed, by its Win32 name.
    ///
    /// @return for example `CreateIoCompletionPort`
    public final String call() {
        return call;
    }

    /// The code that Windows gave.
    ///
    /// @return for example 87
    public final int code() {
        return code;
    }

    /// The symbol of the code in the Windows headers.
    ///
    /// @return for example `ERROR_INVALID_PARAMETER`, or an empty string for a code that this library's tables
    /// don't have
    public final String symbol() {
        return symbol;
    }

    /// The text that the system has for the code, in its own language; asked for at this call, which may take a
    /// while.
    ///
    /// @return the text, in one line; empty when the system has none, is not Windows, or denies native access
    public final String systemText() {
        return SystemText.of(code);
    }

    private static String message(String call, int code, String symbol) {
        String what = symbol.isEmpty() ? call + ": error " + code : call + ": " + symbol + " (" + code + ")";
        String advice = Advice.of(call, code);
        return advice.isEmpty() ? what : what + ": " + advice;
    }
}
