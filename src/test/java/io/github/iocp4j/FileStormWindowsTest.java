package io.github.iocp4j;

class FileStormWindowsTest extends FileStormContract {
    FileStormWindowsTest() {
        super(Kernels.WINDOWS);
    }
}
