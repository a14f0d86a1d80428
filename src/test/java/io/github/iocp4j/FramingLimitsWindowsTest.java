package io.github.iocp4j;

class FramingLimitsWindowsTest extends FramingLimitsContract {
    FramingLimitsWindowsTest() {
        super(Kernels.WINDOWS);
    }
}
