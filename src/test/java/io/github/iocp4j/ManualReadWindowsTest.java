package io.github.iocp4j;

class ManualReadWindowsTest extends ManualReadContract {
    ManualReadWindowsTest() {
        super(Kernels.WINDOWS);
    }
}
