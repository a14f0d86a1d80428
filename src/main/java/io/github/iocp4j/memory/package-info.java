/// Off-heap buffers for I/O: pooled, bounded, shared by reference count.
///
/// A buffer that is part of an operation in flight belongs to Windows; whoever submits holds a reference until the
/// operation is over, so that the memory is neither freed nor reused before.
@NullMarked
package io.github.iocp4j.memory;

import org.jspecify.annotations.NullMarked;
