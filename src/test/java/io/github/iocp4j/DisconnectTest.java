package io.github.iocp4j;

class DisconnectTest extends DisconnectContract {
    DisconnectTest() {
        super(Kernels.SIMULATED);
    }
}
