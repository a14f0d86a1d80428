/// A TCP network inside one process: byte pipes of small size whose bytes move in pieces chosen by the seed,
/// listeners with a backlog, FIN and RST with what they destroy, and the peers of tests. Knows the scheduler, and
/// nothing of Windows.
@NullMarked
package io.github.iocp4j.simulation.network;

import org.jspecify.annotations.NullMarked;
