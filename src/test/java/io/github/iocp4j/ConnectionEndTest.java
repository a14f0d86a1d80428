package io.github.iocp4j;

class ConnectionEndTest extends ConnectionEndContract {
    ConnectionEndTest() {
        super(Kernels.SIMULATED);
    }
}
