package io.github.iocp4j;

class FairnessTest extends FairnessContract {
    FairnessTest() {
        super(Kernels.SIMULATED);
    }
}
