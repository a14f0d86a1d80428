package io.github.iocp4j;

class EndpointJobCloseWindowsTest extends EndpointJobCloseContract {
    EndpointJobCloseWindowsTest() {
        super(Kernels.WINDOWS);
    }
}
