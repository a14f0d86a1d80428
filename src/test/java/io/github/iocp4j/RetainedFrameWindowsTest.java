package io.github.iocp4j;

class RetainedFrameWindowsTest extends RetainedFrameContract {
    RetainedFrameWindowsTest() {
        super(Kernels.WINDOWS);
    }
}
