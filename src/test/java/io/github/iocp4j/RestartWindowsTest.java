package io.github.iocp4j;

class RestartWindowsTest extends RestartContract {
    RestartWindowsTest() {
        super(Kernels.WINDOWS);
    }
}
