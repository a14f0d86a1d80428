import org.jspecify.annotations.NullMarked;

/// Windows I/O completion ports for Java.
@NullMarked
module io.github.iocp4j {
    requires static transitive org.jspecify;
}
