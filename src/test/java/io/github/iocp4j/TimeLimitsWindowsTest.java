package io.github.iocp4j;

class TimeLimitsWindowsTest extends TimeLimitsContract {
    TimeLimitsWindowsTest() {
        super(Kernels.WINDOWS);
    }
}
