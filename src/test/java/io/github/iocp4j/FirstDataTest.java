package io.github.iocp4j;

class FirstDataTest extends FirstDataContract {
    FirstDataTest() {
        super(Kernels.SIMULATED);
    }
}
