package io.github.iocp4j;

class FileCrossingWindowsTest extends FileCrossingContract {
    FileCrossingWindowsTest() {
        super(Kernels.WINDOWS);
    }
}
