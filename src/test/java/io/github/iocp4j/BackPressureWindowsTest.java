package io.github.iocp4j;

class BackPressureWindowsTest extends BackPressureContract {
    BackPressureWindowsTest() {
        super(Kernels.WINDOWS);
    }
}
