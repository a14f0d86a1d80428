package io.github.iocp4j;

class EndpointCloseTest extends EndpointCloseContract {
    EndpointCloseTest() {
        super(Kernels.SIMULATED);
    }
}
