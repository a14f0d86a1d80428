package io.github.iocp4j;

class FirstDataWindowsTest extends FirstDataContract {
    FirstDataWindowsTest() {
        super(Kernels.WINDOWS);
    }
}
