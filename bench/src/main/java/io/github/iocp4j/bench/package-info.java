/// The command line of iocp4j: an echo server, a client for it, a look at the machine, and the demo.
@NullMarked
package io.github.iocp4j.bench;

import org.jspecify.annotations.NullMarked;
