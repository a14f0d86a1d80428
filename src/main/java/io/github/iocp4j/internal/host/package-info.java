/// The seam between this library and the machine: kernel, clock, threads, waiting, native memory.
@NullMarked
package io.github.iocp4j.internal.host;

import org.jspecify.annotations.NullMarked;
