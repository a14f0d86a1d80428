package io.github.iocp4j;

class ConcurrentSendsTest extends ConcurrentSendsContract {
    ConcurrentSendsTest() {
        super(Kernels.SIMULATED);
    }
}
