/// What a machine offers to iocp4j.
@NullMarked
package io.github.iocp4j.bench.doctor;

import org.jspecify.annotations.NullMarked;
