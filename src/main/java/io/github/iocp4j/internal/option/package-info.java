/// How options are checked.
@NullMarked
package io.github.iocp4j.internal.option;

import org.jspecify.annotations.NullMarked;
