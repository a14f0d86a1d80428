package io.github.iocp4j;

class ConnectionEndWindowsTest extends ConnectionEndContract {
    ConnectionEndWindowsTest() {
        super(Kernels.WINDOWS);
    }
}
