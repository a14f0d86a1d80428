package io.github.iocp4j;

class EndpointCloseWindowsTest extends EndpointCloseContract {
    EndpointCloseWindowsTest() {
        super(Kernels.WINDOWS);
    }
}
