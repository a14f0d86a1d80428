package io.github.iocp4j;

class WideAddressWindowsTest extends WideAddressContract {
    WideAddressWindowsTest() {
        super(Kernels.WINDOWS);
    }
}
