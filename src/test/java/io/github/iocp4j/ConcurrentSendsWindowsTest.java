package io.github.iocp4j;

class ConcurrentSendsWindowsTest extends ConcurrentSendsContract {
    ConcurrentSendsWindowsTest() {
        super(Kernels.WINDOWS);
    }
}
