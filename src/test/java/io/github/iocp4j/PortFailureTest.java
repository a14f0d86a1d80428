package io.github.iocp4j;

class PortFailureTest extends PortFailureContract {
    PortFailureTest() {
        super(Kernels.SIMULATED);
    }
}
