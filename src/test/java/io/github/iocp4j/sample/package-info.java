/// A user's program, which knows the exported packages only.
package io.github.iocp4j.sample;
