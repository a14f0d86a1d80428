package io.github.iocp4j;

class ConnectRetryWindowsTest extends ConnectRetryContract {
    ConnectRetryWindowsTest() {
        super(Kernels.WINDOWS);
    }
}
