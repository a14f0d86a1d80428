package io.github.iocp4j;

class ConnectRetryTest extends ConnectRetryContract {
    ConnectRetryTest() {
        super(Kernels.SIMULATED);
    }
}
