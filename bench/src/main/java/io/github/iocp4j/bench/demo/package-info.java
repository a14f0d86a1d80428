/// The demo: one server and many clients that come, echo and go.
@NullMarked
package io.github.iocp4j.bench.demo;

import org.jspecify.annotations.NullMarked;
