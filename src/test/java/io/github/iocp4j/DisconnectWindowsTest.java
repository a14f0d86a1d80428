package io.github.iocp4j;

class DisconnectWindowsTest extends DisconnectContract {
    DisconnectWindowsTest() {
        super(Kernels.WINDOWS);
    }
}
