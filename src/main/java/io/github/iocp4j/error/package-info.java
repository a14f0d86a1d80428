/// What Windows says when a call fails: two exceptions that name the call, the code and its symbol, and the tables
/// that turn codes into symbols and the NTSTATUS of a finished operation into a code.
///
/// Everything here works on any system; only the system's own text, [WindowsException#systemText], needs Windows.
/// No lookup by code allocates, so that a failed operation costs no more than a successful one as long as nobody
/// asks for an exception.
@NullMarked
package io.github.iocp4j.error;

import org.jspecify.annotations.NullMarked;
