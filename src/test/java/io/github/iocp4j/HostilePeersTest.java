package io.github.iocp4j;

class HostilePeersTest extends HostilePeersContract {
    HostilePeersTest() {
        super(Kernels.SIMULATED);
    }
}
