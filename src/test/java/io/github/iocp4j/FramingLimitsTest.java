package io.github.iocp4j;

class FramingLimitsTest extends FramingLimitsContract {
    FramingLimitsTest() {
        super(Kernels.SIMULATED);
    }
}
