package io.github.iocp4j;

class BackPressureTest extends BackPressureContract {
    BackPressureTest() {
        super(Kernels.SIMULATED);
    }
}
