package io.github.iocp4j;

class ClientWindowsTest extends ClientContract {
    ClientWindowsTest() {
        super(Kernels.WINDOWS);
    }
}
