package io.github.iocp4j;

class FramingTest extends FramingContract {
    FramingTest() {
        super(Kernels.SIMULATED);
    }
}
