package io.github.iocp4j;

class AdmissionTest extends AdmissionContract {
    AdmissionTest() {
        super(Kernels.SIMULATED);
    }
}
