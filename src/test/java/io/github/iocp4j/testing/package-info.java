/// What the contract tests stand on: one [io.github.iocp4j.testing.TestKernel], real or simulated, its peers, and
/// decorators
/// that count the calls into it.
@NullMarked
package io.github.iocp4j.testing;

import org.jspecify.annotations.NullMarked;
