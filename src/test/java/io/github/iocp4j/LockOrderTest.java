package io.github.iocp4j;

class LockOrderTest extends LockOrderContract {
    LockOrderTest() {
        super(Kernels.SIMULATED);
    }
}
