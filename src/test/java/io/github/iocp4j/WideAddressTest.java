package io.github.iocp4j;

class WideAddressTest extends WideAddressContract {
    WideAddressTest() {
        super(Kernels.SIMULATED);
    }
}
