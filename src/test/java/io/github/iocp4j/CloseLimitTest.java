package io.github.iocp4j;

class CloseLimitTest extends CloseLimitContract {
    CloseLimitTest() {
        super(Kernels.SIMULATED);
    }
}
