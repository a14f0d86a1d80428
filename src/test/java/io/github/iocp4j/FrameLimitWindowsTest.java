package io.github.iocp4j;

class FrameLimitWindowsTest extends FrameLimitContract {
    FrameLimitWindowsTest() {
        super(Kernels.WINDOWS);
    }
}
