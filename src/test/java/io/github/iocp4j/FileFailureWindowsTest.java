package io.github.iocp4j;

class FileFailureWindowsTest extends FileFailureContract {
    FileFailureWindowsTest() {
        super(Kernels.WINDOWS);
    }
}
