package io.github.iocp4j;

class LockOrderWindowsTest extends LockOrderContract {
    LockOrderWindowsTest() {
        super(Kernels.WINDOWS);
    }
}
