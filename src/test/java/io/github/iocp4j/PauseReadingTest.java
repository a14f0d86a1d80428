package io.github.iocp4j;

class PauseReadingTest extends PauseReadingContract {
    PauseReadingTest() {
        super(Kernels.SIMULATED);
    }
}
