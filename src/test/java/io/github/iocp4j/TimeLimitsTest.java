package io.github.iocp4j;

class TimeLimitsTest extends TimeLimitsContract {
    TimeLimitsTest() {
        super(Kernels.SIMULATED);
    }
}
