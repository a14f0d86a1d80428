package io.github.iocp4j;

class RetainedFrameTest extends RetainedFrameContract {
    RetainedFrameTest() {
        super(Kernels.SIMULATED);
    }
}
