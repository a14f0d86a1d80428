package io.github.iocp4j;

class LentBufferTest extends LentBufferContract {
    LentBufferTest() {
        super(Kernels.SIMULATED);
    }
}
