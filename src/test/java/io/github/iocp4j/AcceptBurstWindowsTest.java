package io.github.iocp4j;

class AcceptBurstWindowsTest extends AcceptBurstContract {
    AcceptBurstWindowsTest() {
        super(Kernels.WINDOWS);
    }
}
