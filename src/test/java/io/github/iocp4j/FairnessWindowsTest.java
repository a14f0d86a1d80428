package io.github.iocp4j;

class FairnessWindowsTest extends FairnessContract {
    FairnessWindowsTest() {
        super(Kernels.WINDOWS);
    }
}
