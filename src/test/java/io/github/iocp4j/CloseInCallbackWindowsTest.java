package io.github.iocp4j;

class CloseInCallbackWindowsTest extends CloseInCallbackContract {
    CloseInCallbackWindowsTest() {
        super(Kernels.WINDOWS);
    }
}
