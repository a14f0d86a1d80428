package io.github.iocp4j;

class FileTurnsWindowsTest extends FileTurnsContract {
    FileTurnsWindowsTest() {
        super(Kernels.WINDOWS);
    }
}
