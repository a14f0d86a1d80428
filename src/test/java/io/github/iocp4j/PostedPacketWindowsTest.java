package io.github.iocp4j;

class PostedPacketWindowsTest extends PostedPacketContract {
    PostedPacketWindowsTest() {
        super(Kernels.WINDOWS);
    }
}
