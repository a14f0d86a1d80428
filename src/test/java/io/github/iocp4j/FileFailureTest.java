package io.github.iocp4j;

class FileFailureTest extends FileFailureContract {
    FileFailureTest() {
        super(Kernels.SIMULATED);
    }
}
