import org.jspecify.annotations.NullMarked;

/// Windows I/O completion ports for Java.
@NullMarked
module io.github.iocp4j {
    // Annotations only: who uses this module need not have it.
    requires static org.jspecify;

    exports io.github.iocp4j;
    exports io.github.iocp4j.admission;
    exports io.github.iocp4j.error;
    exports io.github.iocp4j.frame;
    exports io.github.iocp4j.job;
    exports io.github.iocp4j.memory;
    exports io.github.iocp4j.net;
    exports io.github.iocp4j.port;
    exports io.github.iocp4j.transfer;
}
