package io.github.iocp4j;

class CountersWindowsTest extends CountersContract {
    CountersWindowsTest() {
        super(Kernels.WINDOWS);
    }
}
