package io.github.iocp4j;

class FileHandshakeWindowsTest extends FileHandshakeContract {
    FileHandshakeWindowsTest() {
        super(Kernels.WINDOWS);
    }
}
