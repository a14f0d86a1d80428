/// How a contract is tried on both kernels: by the simulation many times, by Windows once.
@NullMarked
package io.github.iocp4j.contract;

import org.jspecify.annotations.NullMarked;
