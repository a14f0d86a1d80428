package io.github.iocp4j;

class ConnectionLimitWindowsTest extends ConnectionLimitContract {
    ConnectionLimitWindowsTest() {
        super(Kernels.WINDOWS);
    }
}
