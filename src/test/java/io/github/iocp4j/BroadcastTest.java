package io.github.iocp4j;

class BroadcastTest extends BroadcastContract {
    BroadcastTest() {
        super(Kernels.SIMULATED);
    }
}
