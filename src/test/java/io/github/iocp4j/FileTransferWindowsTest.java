package io.github.iocp4j;

class FileTransferWindowsTest extends FileTransferContract {
    FileTransferWindowsTest() {
        super(Kernels.WINDOWS);
    }
}
