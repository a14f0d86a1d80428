package io.github.iocp4j;

class CloseInCallbackTest extends CloseInCallbackContract {
    CloseInCallbackTest() {
        super(Kernels.SIMULATED);
    }
}
