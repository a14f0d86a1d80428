/// What the command line does with files: where they are received, what is said of them, and the client that sends
/// and receives them.
@NullMarked
package io.github.iocp4j.bench.files;

import org.jspecify.annotations.NullMarked;
