/// A kernel that does nothing but say that everything is done: what is measured on it is the library alone.
///
/// It has no scheduler, no network and no rules, and allocates nothing once it is made.
@NullMarked
package io.github.iocp4j.testing.idle;

import org.jspecify.annotations.NullMarked;
