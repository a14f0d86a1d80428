/// Files by the calls of Windows, and what the handshake of their transfer looks like in memory. Nothing here
/// knows connections.
@NullMarked
package io.github.iocp4j.internal.file;

import org.jspecify.annotations.NullMarked;
