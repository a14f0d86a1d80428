package io.github.iocp4j;

class CountersTest extends CountersContract {
    CountersTest() {
        super(Kernels.SIMULATED);
    }
}
