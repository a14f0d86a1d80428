package io.github.iocp4j;

class EndpointSocketsWindowsTest extends EndpointSocketsContract {
    EndpointSocketsWindowsTest() {
        super(Kernels.WINDOWS);
    }
}
