package io.github.iocp4j;

class EndpointJobTest extends EndpointJobContract {
    EndpointJobTest() {
        super(Kernels.SIMULATED);
    }
}
