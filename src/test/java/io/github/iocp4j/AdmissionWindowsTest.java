package io.github.iocp4j;

class AdmissionWindowsTest extends AdmissionContract {
    AdmissionWindowsTest() {
        super(Kernels.WINDOWS);
    }
}
