/// The library as its users get it: as jars on the class path or the module path, and in an image of their own.
package io.github.iocp4j.packaging;
