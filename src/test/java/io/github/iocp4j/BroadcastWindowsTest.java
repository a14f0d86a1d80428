package io.github.iocp4j;

class BroadcastWindowsTest extends BroadcastContract {
    BroadcastWindowsTest() {
        super(Kernels.WINDOWS);
    }
}
