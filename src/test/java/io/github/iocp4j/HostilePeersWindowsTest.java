package io.github.iocp4j;

import org.junit.jupiter.api.Tag;

/// Two thousand connections take their time.
@Tag("long")
class HostilePeersWindowsTest extends HostilePeersContract {
    HostilePeersWindowsTest() {
        super(Kernels.WINDOWS);
    }
}
