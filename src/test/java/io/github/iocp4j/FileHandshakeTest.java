package io.github.iocp4j;

class FileHandshakeTest extends FileHandshakeContract {
    FileHandshakeTest() {
        super(Kernels.SIMULATED);
    }
}
