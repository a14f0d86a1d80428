package io.github.iocp4j;

class RestartTest extends RestartContract {
    RestartTest() {
        super(Kernels.SIMULATED);
    }
}
