package io.github.iocp4j;

class PortFailureWindowsTest extends PortFailureContract {
    PortFailureWindowsTest() {
        super(Kernels.WINDOWS);
    }
}
