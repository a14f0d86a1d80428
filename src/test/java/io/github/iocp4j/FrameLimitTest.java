package io.github.iocp4j;

class FrameLimitTest extends FrameLimitContract {
    FrameLimitTest() {
        super(Kernels.SIMULATED);
    }
}
