package io.github.iocp4j;

class PauseReadingWindowsTest extends PauseReadingContract {
    PauseReadingWindowsTest() {
        super(Kernels.WINDOWS);
    }
}
