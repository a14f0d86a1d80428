package io.github.iocp4j;

class ClientTest extends ClientContract {
    ClientTest() {
        super(Kernels.SIMULATED);
    }
}
