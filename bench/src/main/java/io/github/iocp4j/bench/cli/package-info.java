/// What the commands share: the terminal, Ctrl-C, failures in one sentence, and options.
@NullMarked
package io.github.iocp4j.bench.cli;

import org.jspecify.annotations.NullMarked;
