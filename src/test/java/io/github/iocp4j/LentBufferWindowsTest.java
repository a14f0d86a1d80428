package io.github.iocp4j;

class LentBufferWindowsTest extends LentBufferContract {
    LentBufferWindowsTest() {
        super(Kernels.WINDOWS);
    }
}
