/// Lock-free building blocks: nothing here waits, allocates when warm, or knows what it is used for.
@NullMarked
package io.github.iocp4j.internal.concurrent;

import org.jspecify.annotations.NullMarked;
