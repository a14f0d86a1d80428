package io.github.iocp4j;

class FramingWindowsTest extends FramingContract {
    FramingWindowsTest() {
        super(Kernels.WINDOWS);
    }
}
