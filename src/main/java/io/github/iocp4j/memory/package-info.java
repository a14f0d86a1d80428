/// Off-heap buffers for I/O: pooled, bounded, shared by reference count, with the methods that turn data into a
/// stream of bytes and back.
///
/// ```java
/// IoBuffer buffer = pool.take(64);                   // null when the pool's limit is reached
/// buffer.appendByte(0)                               // the article's package: a type and a string
///         .appendString("hello");
/// buffer.putInt(20, 7);                              // anywhere; the gap is zeros
/// int seven = buffer.getInt(20);                     // of the data only, 24 bytes now
/// buffer.release();                                  // back to the pool with the last reference
/// ```
///
/// A buffer that is part of an operation in flight belongs to Windows; whoever submits holds a reference until the
/// operation is over, so that the memory is neither freed nor reused before. Whoever lets Windows write into one
/// says afterwards how much came, by [io.github.iocp4j.memory.IoBuffer#use]: nothing else of the memory, which
/// others have used before, is ever read.
@NullMarked
package io.github.iocp4j.memory;

import org.jspecify.annotations.NullMarked;
