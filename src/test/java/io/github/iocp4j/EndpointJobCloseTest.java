package io.github.iocp4j;

class EndpointJobCloseTest extends EndpointJobCloseContract {
    EndpointJobCloseTest() {
        super(Kernels.SIMULATED);
    }
}
