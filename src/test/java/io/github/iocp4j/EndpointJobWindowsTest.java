package io.github.iocp4j;

class EndpointJobWindowsTest extends EndpointJobContract {
    EndpointJobWindowsTest() {
        super(Kernels.WINDOWS);
    }
}
