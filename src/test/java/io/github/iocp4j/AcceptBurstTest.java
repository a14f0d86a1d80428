package io.github.iocp4j;

class AcceptBurstTest extends AcceptBurstContract {
    AcceptBurstTest() {
        super(Kernels.SIMULATED);
    }
}
