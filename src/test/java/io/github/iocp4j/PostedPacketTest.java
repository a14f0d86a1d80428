package io.github.iocp4j;

class PostedPacketTest extends PostedPacketContract {
    PostedPacketTest() {
        super(Kernels.SIMULATED);
    }
}
