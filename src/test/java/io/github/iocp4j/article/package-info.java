/// A program as the article's readers would write one: it knows the wire format, and nothing of this library.
@NullMarked
package io.github.iocp4j.article;

import org.jspecify.annotations.NullMarked;
