/// What travels over the connections of the commands: verified payloads, and text frames as the article has them.
@NullMarked
package io.github.iocp4j.bench.traffic;

import org.jspecify.annotations.NullMarked;
