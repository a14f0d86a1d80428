package io.github.iocp4j;

class AcceptWithDataTest extends AcceptWithDataContract {
    AcceptWithDataTest() {
        super(Kernels.SIMULATED);
    }
}
