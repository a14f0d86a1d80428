/// Runs threads one at a time, in an order that a seed gives, on a clock that it turns itself. Knows nothing of
/// kernels.
@NullMarked
package io.github.iocp4j.simulation.scheduler;

import org.jspecify.annotations.NullMarked;
