/// How data lies in a stream of bytes: integers, strings, frames inside frames.
@NullMarked
package io.github.iocp4j.internal.data;

import org.jspecify.annotations.NullMarked;
