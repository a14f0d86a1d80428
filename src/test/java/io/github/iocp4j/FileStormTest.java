package io.github.iocp4j;

class FileStormTest extends FileStormContract {
    FileStormTest() {
        super(Kernels.SIMULATED);
    }
}
