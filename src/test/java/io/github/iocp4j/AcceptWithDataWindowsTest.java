package io.github.iocp4j;

class AcceptWithDataWindowsTest extends AcceptWithDataContract {
    AcceptWithDataWindowsTest() {
        super(Kernels.WINDOWS);
    }
}
