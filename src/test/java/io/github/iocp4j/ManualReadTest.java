package io.github.iocp4j;

class ManualReadTest extends ManualReadContract {
    ManualReadTest() {
        super(Kernels.SIMULATED);
    }
}
