package io.github.iocp4j;

class EndpointSocketsTest extends EndpointSocketsContract {
    EndpointSocketsTest() {
        super(Kernels.SIMULATED);
    }
}
