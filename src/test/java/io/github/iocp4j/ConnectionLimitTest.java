package io.github.iocp4j;

class ConnectionLimitTest extends ConnectionLimitContract {
    ConnectionLimitTest() {
        super(Kernels.SIMULATED);
    }
}
