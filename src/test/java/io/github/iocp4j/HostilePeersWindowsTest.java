package io.github.iocp4j;

class HostilePeersWindowsTest extends HostilePeersContract {
    HostilePeersWindowsTest() {
        super(Kernels.WINDOWS);
    }
}
