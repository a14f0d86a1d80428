package io.github.iocp4j;

class CloseLimitWindowsTest extends CloseLimitContract {
    CloseLimitWindowsTest() {
        super(Kernels.WINDOWS);
    }
}
