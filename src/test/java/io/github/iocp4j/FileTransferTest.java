package io.github.iocp4j;

class FileTransferTest extends FileTransferContract {
    FileTransferTest() {
        super(Kernels.SIMULATED);
    }
}
