/// The Win32 calls: one interface a DLL with the names of Windows, and its implementation through the Foreign
/// Function & Memory API (`Linked...`). With the bindings it is the only user of [java.lang.foreign.Linker].
///
/// One rule for all results: not negative is success, negative is the negated error code, captured in the same
/// call. Nothing here knows ports, operations or buffers, nothing is kept between calls, and nothing is allocated
/// by a call.
@NullMarked
package io.github.iocp4j.internal.win32;

import org.jspecify.annotations.NullMarked;
